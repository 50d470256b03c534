//! Who takes part in a visit: `POST /encounters/{id}/participants`, `…/remove`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, encounter};
use healthcare_domain::{
    encounter::ParticipantRole,
    id::{AccountId, EncounterId},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Who, and as what.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakesPart)]
pub struct Participant {
    /// An account of the staff.
    account: AccountId,
    /// As what.
    role: ParticipantRole,
}

/// Lets somebody take part in the visit: from then on they care for the patient, until they are let go or it ends. Who
/// takes over a patient names themselves; that brings them no closer than the whole house is (`by_themselves`). Under a
/// break-glass grant nobody is named.
#[utoipa::path(tag = "encounters", request_body(content = Participant, example = json!({ "account": "01a200e9-e08f-70fe-8fd8-d6168b34af03", "role": "attender" })), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "they take part", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/participants")]
pub async fn add_participant(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<Participant>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Participant { account, role } } = command;
    Ok(Changed::done(encounter::add_participant(&app, &call, *id, (account, role)).await?))
}

/// Lets somebody go from the visit.
#[utoipa::path(tag = "encounters", request_body(content = Participant, example = json!({ "account": "01a200e9-e08f-70fe-8fd8-d6168b34af03", "role": "attender" })), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "they are let go", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/participants/remove")]
pub async fn remove_participant(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<Participant>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Participant { account, role } } = command;
    Ok(Changed::done(encounter::remove_participant(&app, &call, *id, (account, role)).await?))
}
