//! `POST /patients/{id}/entered-in-error`.

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

/// Marks a registration that never should have been. It stays readable, nothing is added, and its numbers are free.
#[utoipa::path(tag = "patients", request_body = Because, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "marked", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "a visit is open, others were merged into it, or it is marked already", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/entered-in-error")]
pub async fn enter_patient_in_error(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = patient::ChangeStanding { patient: *id, reason };
    Ok(Changed::done(patient::enter_patient_in_error(&app, &call, cmd).await?))
}
