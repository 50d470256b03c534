//! `POST /patients/{id}/break-glass`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, break_glass};
use healthcare_domain::{break_glass::EmergencyPurpose, id::PatientId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Why a record is opened without a care relationship.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "found unconscious in the entrance hall", "purpose": "ETREAT" }))]
pub struct BreakGlass {
    /// In the words of whoever does it.
    reason: Remark,
    /// For what (HL7 v3 PurposeOfUse).
    purpose: EmergencyPurpose,
}

/// Opens one patient's record to the caller for an hour (`until` in the answer). The privacy officers are told at once
/// and review it.
#[utoipa::path(tag = "break-glass", request_body = BreakGlass, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "the record is open", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not, or the session has no second factor", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/break-glass")]
pub async fn open_glass(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<BreakGlass>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: BreakGlass { reason, purpose } } = command;
    let cmd = break_glass::OpenGlass { patient: *id, reason, purpose };
    Ok(Changed::created(break_glass::open_glass(&app, &call, cmd).await?, "/api/v1/break-glass"))
}
