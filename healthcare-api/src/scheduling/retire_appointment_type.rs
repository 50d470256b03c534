//! `POST /appointment-types/{id}/retire`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling};
use healthcare_domain::id::AppointmentTypeId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Offers a type of appointment no longer. What is booked stays booked.
#[utoipa::path(tag = "schedules", request_body = Nothing, params(
    ("id" = AppointmentTypeId, Path, description = "the appointment type"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/appointment-types/{id}/retire")]
pub async fn retire_appointment_type(
    app: Data<App>,
    id: Path<AppointmentTypeId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(scheduling::retire_appointment_type(&app, &command.call, *id).await?))
}
