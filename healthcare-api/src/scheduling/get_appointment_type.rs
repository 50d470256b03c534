//! `GET /appointment-types/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App, scheduling,
    view::{Kind, View},
};
use healthcare_domain::{id::AppointmentTypeId, scheduling::service::ServiceProfile};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A type of appointment.
#[utoipa::path(tag = "schedules", params(("id" = AppointmentTypeId, Path, description = "the appointment type"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<ServiceProfile>, headers(("ETag" = String))),
))]
#[get("/appointment-types/{id}")]
pub async fn get_appointment_type(
    app: Data<App>,
    caller: Caller,
    id: Path<AppointmentTypeId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(scheduling::get_of_nobody(&app, &caller.0, (Kind::AppointmentType, id.0), day.0.as_of).await?))
}
