//! `POST /appointments/{id}/confirm`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling};
use healthcare_domain::id::AppointmentId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Takes a time that is held. Where its resources closed since, what is in the way is told (`conflicts`).
#[utoipa::path(tag = "appointments", request_body = Nothing, params(
    ("id" = AppointmentId, Path, description = "the appointment"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/appointments/{id}/confirm")]
pub async fn confirm_hold(
    app: Data<App>,
    id: Path<AppointmentId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(scheduling::confirm_hold(&app, &command.call, *id).await?))
}
