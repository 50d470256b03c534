//! `POST /patients/{id}/care-team`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, care_team};
use healthcare_domain::{
    care_team::{Member, Membership},
    id::PatientId,
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Who takes part in the patient's care.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "member": { "ward": "Ward 1" }, "as": "team" }))]
pub struct AddMember {
    /// An account, or the staff of a ward.
    member: Member,
    /// As one of the team, or because the patient is referred to them.
    #[serde(rename = "as")]
    membership: Membership,
    /// Until when; until they are let go if absent.
    until: Option<DateTime<Utc>>,
    /// Why.
    reason: Option<Remark>,
}

/// Takes somebody into a patient's care team, or refers the patient to them: from then on they may open the record.
/// Nobody takes themselves in, or the ward they work on, who is not that close to the patient already, and nobody is taken
/// in under a break-glass grant: somebody who cares for the patient does.
#[utoipa::path(tag = "care-team", request_body = AddMember, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, there is no care relationship but a break-glass grant or none, or it would be by one's own act", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "they belong to it already", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/care-team")]
pub async fn add_member(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AddMember>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: AddMember { member, membership, until, reason } } = command;
    let cmd = care_team::AddMember { patient: *id, member, membership, until, reason };
    Ok(Changed::done(care_team::add_member(&app, &call, cmd).await?))
}
