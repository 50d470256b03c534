//! Procedures over REST: recorded, read, amended, struck out.

use actix_web::{
    HttpResponse, get, patch, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, procedure,
    view::{Holding, View},
};
use healthcare_domain::{
    code::CodeableConcept,
    entry::Procedure,
    id::{EncounterId, PatientId, ProcedureId},
    reference::{Identifier, Reference},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{
        AsOf, Because, Caller, Changed, Command, Entity, MergePatch, Query,
        bounds::{concept, concepts},
    },
    problem::Problem,
};

/// What was done, or not done.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordProcedure {
    /// What: SNOMED CT, or in words.
    #[validate(custom(function = "concept"))]
    code: CodeableConcept,
    /// Where it stands (FHIR event status); completed if not said.
    #[serde(default)]
    status: ProcedureStatus,
    /// Why it was not done, stopped or put on hold.
    #[validate(custom(function = "concept"))]
    status_reason: Option<CodeableConcept>,
    /// When it began.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
    /// During which visit.
    encounter: Option<EncounterId>,
    /// Why.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    reasons: Vec<CodeableConcept>,
    /// By whom.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    performers: Vec<Reference>,
    /// Where on the body.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    body_sites: Vec<CodeableConcept>,
    /// What came of it.
    #[validate(custom(function = "concept"))]
    outcome: Option<CodeableConcept>,
    /// What went wrong.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    complications: Vec<CodeableConcept>,
    /// More, in somebody's words.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    note: Option<String>,
}

/// Where a procedure stands (FHIR event status).
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum ProcedureStatus {
    Preparation,
    InProgress,
    NotDone,
    OnHold,
    Stopped,
    #[default]
    Completed,
}

impl ProcedureStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Preparation => "preparation",
            Self::InProgress => "in-progress",
            Self::NotDone => "not-done",
            Self::OnHold => "on-hold",
            Self::Stopped => "stopped",
            Self::Completed => "completed",
        }
    }
}

impl RecordProcedure {
    /// The procedure it describes, under what its source calls it. What is done or under way began now, if not said.
    fn named(self, identifiers: Vec<Identifier>, now: DateTime<Utc>) -> Procedure {
        let Self {
            code,
            status,
            status_reason,
            started_at,
            ended_at,
            encounter,
            reasons,
            performers,
            body_sites,
            outcome,
            complications,
            note,
        } = self;
        let began = matches!(status, ProcedureStatus::Completed | ProcedureStatus::InProgress) && ended_at.is_none();
        Procedure {
            identifiers,
            code,
            status: status.as_str().to_owned(),
            started_at: started_at.or(began.then_some(now)),
            ended_at,
            encounter,
            reasons,
            performers,
            status_reason,
            body_sites,
            outcome,
            complications,
            note,
        }
    }
}

/// Records a procedure that was performed, or for which reason it was not.
#[utoipa::path(tag = "procedures", request_body(content = RecordProcedure, example = json!({
    "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "399208008", "display": "Plain chest X-ray" }] },
    "started_at": "2026-11-22T08:00:00Z"
})), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/procedures")]
pub async fn record_procedure(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<RecordProcedure>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let now = app.clock.now();
    let content = body.named(vec![], now);
    Ok(Changed::created(procedure::record_procedure(&app, &call, *id, content).await?, "/api/v1/procedures"))
}

/// A procedure.
#[utoipa::path(tag = "procedures", params(("id" = Uuid, Path, description = "the entry"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Holding<Procedure>>, headers(("ETag" = String))),
))]
#[get("/procedures/{id}")]
pub async fn get_procedure(
    app: Data<App>,
    caller: Caller,
    id: Path<ProcedureId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(procedure::get_procedure(&app, &caller.0, *id, day.0.as_of).await?))
}

/// Amends a procedure, by a merge patch over the fields it was recorded with.
#[utoipa::path(tag = "procedures", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "outcome": { "text": "no effusion" } })), params(
    ("id" = Uuid, Path, description = "the entry"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/procedures/{id}")]
pub async fn amend_procedure(
    app: Data<App>,
    id: Path<ProcedureId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let clock = app.clock.now();
    let change = |now: &Procedure| {
        Ok(patch.onto::<RecordProcedure>(now, &["identifiers"])?.named(now.identifiers.clone(), clock))
    };
    Ok(Changed::done(procedure::amend_procedure(&app, &call, *id, change).await?))
}

/// Strikes out a procedure that was not performed on this patient.
#[utoipa::path(tag = "procedures", request_body(content = Because, example = json!({ "reason": "another patient" })), params(
    ("id" = Uuid, Path, description = "the entry"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "struck out", body = Changed, headers(("ETag" = String)))))]
#[post("/procedures/{id}/entered-in-error")]
pub async fn enter_procedure_in_error(
    app: Data<App>,
    id: Path<ProcedureId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(procedure::enter_procedure_in_error(&app, &call, *id, reason).await?))
}
