//! `POST /patients/{id}/merge`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, identity};
use healthcare_domain::{id::PatientId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// What is merged into the patient of the path.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "duplicate": "0190d3b0-0000-7000-8000-000000000002", "survivor_version": 1, "duplicate_version": 1,
    "reason": "the same passport was shown at both registrations" }))]
pub struct MergePatients {
    /// The other registration of the same person.
    duplicate: PatientId,
    /// The version (`ETag`) of the patient of the path that was looked at.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    survivor_version: i32,
    /// The version (`ETag`) of the other registration that was looked at.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    duplicate_version: i32,
    /// How it is known that they are one person.
    reason: Remark,
}

/// Merges another registration of the same person into this one. From then on this patient's record is that of both:
/// visits, allergies, orders, alerts in progress, devices, appointments, who cares for them. Whatever is asked of the other
/// one is answered with a problem that names this one. Nothing is lost: it can be taken back.
#[utoipa::path(tag = "duplicates", request_body = MergePatients, params(
    ("id" = PatientId, Path, description = "the patient who holds the record from then on"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "merged", body = Changed, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, or a second factor is to be shown again", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "one of them was merged before", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "one of them was changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape, or it is one patient twice", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/merge")]
pub async fn merge_patients(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<MergePatients>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let MergePatients { duplicate, survivor_version, duplicate_version, reason } = body;
    let cmd = identity::MergePatients { survivor: *id, duplicate, survivor_version, duplicate_version, reason };
    Ok(Changed::done(identity::merge_patients(&app, &call, cmd).await?))
}
