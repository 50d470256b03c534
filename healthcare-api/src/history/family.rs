//! The history of the family over REST: recorded, read, amended, struck out.

use actix_web::{
    HttpResponse, get, patch, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, history,
    view::{Holding, View},
};
use healthcare_domain::{
    code::CodeableConcept,
    entry::{FamilyCondition, FamilyHistory, FamilyHistoryStatus},
    id::{FamilyHistoryId, PatientId},
    partial_date::PartialDate,
    patient::AdministrativeGender,
    reference::Identifier,
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    http::{AsOf, Because, Caller, Changed, Command, Entity, MergePatch, Query, bounds::concept},
    problem::Problem,
};

/// What is known of the health of a relative.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordFamilyHistory {
    /// Who it is to the patient: HL7 v3 RoleCode, or in words.
    #[validate(custom(function = "concept"))]
    relationship: CodeableConcept,
    /// How much is known.
    #[serde(default)]
    status: FamilyHistoryStatus,
    /// The relative's administrative gender.
    sex: Option<AdministrativeGender>,
    /// When they were born.
    born: Option<PartialDate>,
    /// Whether they have died.
    deceased: Option<bool>,
    /// At which age they died, in years.
    #[validate(range(max = 150))]
    #[schema(maximum = 150)]
    deceased_age: Option<u16>,
    /// What they have or had.
    #[serde(default)]
    #[validate(custom(function = "conditions"))]
    #[schema(max_items = 50)]
    conditions: Vec<FamilyCondition>,
    /// When it was told; now if not said.
    recorded_at: Option<DateTime<Utc>>,
    /// More, in somebody's words.
    note: Option<Remark>,
}

/// At most 50, each of bounded concepts.
fn conditions(all: &[FamilyCondition]) -> Result<(), ValidationError> {
    if all.len() > 50 {
        return Err(ValidationError::new("length").with_message(std::borrow::Cow::Borrowed("at most 50")));
    }
    all.iter().flat_map(|one| std::iter::once(&one.code).chain(&one.outcome)).try_for_each(concept)
}

impl RecordFamilyHistory {
    /// What it describes, under what its source calls it.
    fn named(self, identifiers: Vec<Identifier>, now: DateTime<Utc>) -> FamilyHistory {
        let Self { relationship, status, sex, born, deceased, deceased_age, conditions, recorded_at, note } = self;
        let sex = sex.and_then(|sex| serde_json::to_value(sex).ok()?.as_str().map(str::to_owned));
        let recorded_at = recorded_at.or(Some(now));
        FamilyHistory {
            identifiers,
            relationship,
            status,
            sex,
            born,
            deceased,
            deceased_age,
            conditions,
            recorded_at,
            note,
        }
    }
}

/// Records what is known of the health of a relative; `"status": "health-unknown"` says that it was asked and nobody knows.
#[utoipa::path(tag = "history", request_body(content = RecordFamilyHistory, example = json!({
    "relationship": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH", "display": "mother" }] },
    "deceased": true, "deceased_age": 70,
    "conditions": [{ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "230690007", "display": "Stroke" }] }, "onset_age": 68, "contributed_to_death": true }]
})), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/family-history")]
pub async fn record_family_history(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<RecordFamilyHistory>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let now = app.clock.now();
    let content = body.named(vec![], now);
    Ok(Changed::created(history::record_family_history(&app, &call, *id, content).await?, "/api/v1/family-history"))
}

/// What is known of the health of a relative.
#[utoipa::path(tag = "history", params(("id" = Uuid, Path, description = "the entry"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Holding<FamilyHistory>>, headers(("ETag" = String))),
))]
#[get("/family-history/{id}")]
pub async fn get_family_history(
    app: Data<App>,
    caller: Caller,
    id: Path<FamilyHistoryId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(history::get_family_history(&app, &caller.0, *id, day.0.as_of).await?))
}

/// Amends what is known of a relative, by a merge patch over the fields it was recorded with.
#[utoipa::path(tag = "history", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "deceased_age": 71 })), params(
    ("id" = Uuid, Path, description = "the entry"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/family-history/{id}")]
pub async fn amend_family_history(
    app: Data<App>,
    id: Path<FamilyHistoryId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let clock = app.clock.now();
    let change = |now: &FamilyHistory| {
        Ok(patch.onto::<RecordFamilyHistory>(now, &["identifiers"])?.named(now.identifiers.clone(), clock))
    };
    Ok(Changed::done(history::amend_family_history(&app, &call, *id, change).await?))
}

/// Strikes out what was told of a relative of somebody else.
#[utoipa::path(tag = "history", request_body(content = Because, example = json!({ "reason": "another patient" })), params(
    ("id" = Uuid, Path, description = "the entry"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "struck out", body = Changed, headers(("ETag" = String)))))]
#[post("/family-history/{id}/entered-in-error")]
pub async fn enter_family_history_in_error(
    app: Data<App>,
    id: Path<FamilyHistoryId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(history::enter_family_history_in_error(&app, &call, *id, reason).await?))
}
