//! The course of a visit: `POST /encounters/{id}/arrive`, `triage`, `start`, `leave`, `return`, `class`, `cancel`,
//! `entered-in-error`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, encounter};
use healthcare_domain::{
    code::CodeableConcept,
    encounter::{EncounterClass, Triage, TriageScale},
    id::EncounterId,
    signing::Override,
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Because, Changed, Command, bounds::concept},
    problem::Problem,
};

/// When it happened.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
}

/// When the patient is seen.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartEncounter {
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
    /// Each answers a finding by its id, with a reason: of what is critical and unanswered as a stay begins.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

/// How urgent it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriagePatient {
    /// By which scale.
    scale: TriageScale,
    /// 1 (at once) to 5 (not urgent).
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    level: u8,
    /// What they complain of.
    #[validate(custom(function = "concept"))]
    complaint: Option<CodeableConcept>,
    /// In the words of whoever judges.
    note: Option<Remark>,
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
}

/// For how long they go.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginLeave {
    /// Until when, as agreed.
    until: Option<DateTime<Utc>>,
    /// Why.
    reason: Option<Remark>,
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
}

/// As what it goes on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeClass {
    /// As what.
    class: EncounterClass,
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
    /// Each answers a finding by its id, with a reason: of what is critical and unanswered as a stay begins.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

/// Notes that whoever was expected has come.
#[utoipa::path(tag = "encounters", request_body = When, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "they are there", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/arrive")]
pub async fn arrive(app: Data<App>, id: Path<EncounterId>, command: Command<When>) -> Result<HttpResponse, Problem> {
    let Command { call, body: When { at } } = command;
    Ok(Changed::done(encounter::arrive(&app, &call, *id, at).await?))
}

/// Judges how urgent the visit is; again while the patient waits, as their state changes.
#[utoipa::path(tag = "encounters", request_body(content = TriagePatient, example = json!({ "scale": "manchester", "level": 2, "complaint": { "text": "chest pain" } })), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "judged", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/triage")]
pub async fn triage_patient(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<TriagePatient>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: TriagePatient { scale, level, complaint, note, at } } = command;
    let triage = Triage { scale, level, complaint, note };
    Ok(Changed::done(encounter::triage_patient(&app, &call, *id, (triage, at)).await?))
}

/// Notes that the patient is being seen from now on. Where a stay begins by it, what is critical and unanswered waits for a
/// reason, as at admission.
#[utoipa::path(tag = "encounters", request_body = StartEncounter, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "under way", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/start")]
pub async fn start_encounter(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<StartEncounter>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: StartEncounter { at, overrides } } = command;
    Ok(Changed::done(encounter::start_encounter(&app, &call, *id, (at, overrides.as_slice())).await?))
}

/// Sends the patient on leave. Their bed stays theirs.
#[utoipa::path(tag = "encounters", request_body(content = BeginLeave, example = json!({ "reason": "weekend at home" })), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "they are away", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/leave")]
pub async fn begin_leave(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<BeginLeave>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: BeginLeave { until, reason, at } } = command;
    Ok(Changed::done(encounter::begin_leave(&app, &call, *id, (at, until, reason)).await?))
}

/// Notes that the patient is back from leave.
#[utoipa::path(tag = "encounters", request_body = When, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "they are back", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/return")]
pub async fn end_leave(app: Data<App>, id: Path<EncounterId>, command: Command<When>) -> Result<HttpResponse, Problem> {
    let Command { call, body: When { at } } = command;
    Ok(Changed::done(encounter::end_leave(&app, &call, *id, at).await?))
}

/// Goes on with the visit as one of another class: an emergency becomes a stay within one visit. Where a stay
/// begins by it, what is critical and unanswered waits for a reason, as at admission.
#[utoipa::path(tag = "encounters", request_body(content = ChangeClass, example = json!({ "class": "inpatient" })), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "it goes on so", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/class")]
pub async fn change_class(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<ChangeClass>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: ChangeClass { class, at, overrides } } = command;
    Ok(Changed::done(encounter::change_class(&app, &call, *id, (class, at, overrides.as_slice())).await?))
}

/// Calls a visit off in which nobody was seen. Its bed is free.
#[utoipa::path(tag = "encounters", request_body(content = Because, example = json!({ "reason": "did not come" })), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "called off", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/cancel")]
pub async fn cancel_encounter(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(encounter::cancel_encounter(&app, &call, *id, reason).await?))
}

/// Strikes a visit out that never took place. Its bed is free, and it is in no list.
#[utoipa::path(tag = "encounters", request_body(content = Because, example = json!({ "reason": "another patient" })), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "struck out", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/entered-in-error")]
pub async fn enter_encounter_in_error(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(encounter::enter_encounter_in_error(&app, &call, *id, reason).await?))
}
