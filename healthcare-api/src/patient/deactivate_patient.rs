//! `POST /patients/{id}/deactivate`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, patient};
use healthcare_domain::id::PatientId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Lays a record down, e.g. of who moved away: nothing new begins in it until it is taken up again.
#[utoipa::path(tag = "patients", request_body = Because, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "laid down", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "a visit is open, or the record is not active", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/deactivate")]
pub async fn deactivate_patient(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = patient::ChangeStanding { patient: *id, reason };
    Ok(Changed::done(patient::deactivate_patient(&app, &call, cmd).await?))
}
