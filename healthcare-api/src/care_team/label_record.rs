//! `POST /patients/{id}/label`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, care_team};
use healthcare_domain::{care_team::Confidentiality, id::PatientId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// How closely the record is kept from now on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "label": "R", "reason": "at the patient's request" }))]
pub struct LabelRecord {
    /// N normal, R restricted, V very restricted (HL7 v3 Confidentiality).
    label: Confidentiality,
    /// Why.
    reason: Remark,
}

/// Labels a record. R is open to who cares for the patient now; V to who is named and has shown a second factor.
#[utoipa::path(tag = "care-team", request_body = LabelRecord, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/label")]
pub async fn label_record(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<LabelRecord>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: LabelRecord { label, reason } } = command;
    let cmd = care_team::LabelRecord { patient: *id, label, reason };
    Ok(Changed::done(care_team::label_record(&app, &call, cmd).await?))
}
