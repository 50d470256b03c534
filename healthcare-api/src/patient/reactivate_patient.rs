//! `POST /patients/{id}/reactivate`.

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

/// Takes a record up again that was laid down.
#[utoipa::path(tag = "patients", request_body = Because, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "in use again", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the record is not inactive", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/reactivate")]
pub async fn reactivate_patient(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = patient::ChangeStanding { patient: *id, reason };
    Ok(Changed::done(patient::reactivate_patient(&app, &call, cmd).await?))
}
