//! `POST /patients/{id}/care-team/remove`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, care_team};
use healthcare_domain::{care_team::Member, id::PatientId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Who no longer takes part.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "member": { "ward": "Ward 1" } }))]
pub struct RemoveMember {
    /// An account, or the staff of a ward.
    member: Member,
}

/// Lets somebody go from a patient's care team: what they could open through it is closed to them at once.
#[utoipa::path(tag = "care-team", request_body = RemoveMember, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or there is no care relationship", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "they do not belong to it", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/care-team/remove")]
pub async fn remove_member(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<RemoveMember>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: RemoveMember { member } } = command;
    let cmd = care_team::RemoveMember { patient: *id, member };
    Ok(Changed::done(care_team::remove_member(&app, &call, cmd).await?))
}
