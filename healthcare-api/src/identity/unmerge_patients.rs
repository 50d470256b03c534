//! `POST /patients/{id}/unmerge`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, identity};
use healthcare_domain::{id::PatientId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Which merge is taken back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "duplicate": "0190d3b0-0000-7000-8000-000000000002", "assign": [], "reason": "they were two sisters" }))]
pub struct UnmergePatients {
    /// The registration that was merged into the patient of the path.
    duplicate: PatientId,
    /// Entries, by their ids, that were begun since the merge and belong to the restored patient. All others that were
    /// begun since stay.
    #[serde(default)]
    #[validate(length(max = 1000))]
    #[schema(max_items = 1000)]
    assign: Vec<Uuid>,
    /// How it is known that they are two people.
    reason: Remark,
}

/// Takes a merge back. What the other registration brought goes back with it, with all that was changed of it since; what
/// was begun since stays with the patient of the path unless it is assigned.
#[utoipa::path(tag = "duplicates", request_body = UnmergePatients, params(
    ("id" = PatientId, Path, description = "the patient who holds the record of both"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "both are restored", body = Changed, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, or a second factor is to be shown again", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the one is not merged into the other, or the survivor was itself merged", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape, or something cannot be assigned", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/unmerge")]
pub async fn unmerge_patients(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<UnmergePatients>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: UnmergePatients { duplicate, assign, reason } } = command;
    let cmd = identity::UnmergePatients { survivor: *id, duplicate, assign, reason };
    Ok(Changed::done(identity::unmerge_patients(&app, &call, cmd).await?))
}
