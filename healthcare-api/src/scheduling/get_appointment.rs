//! `GET /appointments/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling, view::View};
use healthcare_domain::{id::AppointmentId, scheduling::appointment::Booking};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// An appointment.
#[utoipa::path(tag = "appointments", params(("id" = AppointmentId, Path, description = "the appointment"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Booking>, headers(("ETag" = String))),
))]
#[get("/appointments/{id}")]
pub async fn get_appointment(
    app: Data<App>,
    caller: Caller,
    id: Path<AppointmentId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(scheduling::get_appointment(&app, &caller.0, *id, day.0.as_of).await?))
}
