//! How a patient lives, over REST: recorded, read, amended, struck out.

use actix_web::{
    HttpResponse, get, patch, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, history, view::View};
use healthcare_domain::{
    code::{CodeableConcept, Coding, LOINC},
    id::{EncounterId, ObservationId, PatientId},
    observation::{Observation, ObservationCategory, ObservationValue},
    quantity::Quantity,
    reference::Identifier,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    http::{AsOf, Because, Caller, Changed, Command, Entity, MergePatch, Query, bounds::concept},
    problem::Problem,
};

/// How the patient lives: `topic` for what is asked of everybody, or `code` for anything else.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "asked"))]
pub struct RecordSocialHistory {
    /// What is told of.
    topic: Option<SocialTopic>,
    /// What is told of, where it is no `topic`: LOINC or SNOMED CT, or in words.
    #[validate(custom(function = "concept"))]
    code: Option<CodeableConcept>,
    /// What was told.
    #[validate(custom(function = "told"))]
    value: SocialValue,
    /// Of when it is true; now if not said.
    effective_at: Option<DateTime<Utc>>,
    /// During which visit it was told.
    encounter: Option<EncounterId>,
}

/// What is asked of everybody, each with its LOINC code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SocialTopic {
    /// 72166-2, Tobacco smoking status.
    TobaccoSmokingStatus,
    /// 11331-6, History of Alcohol use.
    AlcoholUse,
    /// 74013-4, Alcoholic drinks per drinking day.
    AlcoholicDrinksPerDay,
    /// 11343-1, History of Other nonmedical drug use.
    DrugUse,
    /// 21843-8, History of Usual occupation.
    Occupation,
    /// 63512-8, How many people are living or staying at this address.
    PeopleInHousehold,
    /// 82589-3, Highest level of education.
    Education,
}

impl SocialTopic {
    const fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::TobaccoSmokingStatus => ("72166-2", "Tobacco smoking status"),
            Self::AlcoholUse => ("11331-6", "History of Alcohol use"),
            Self::AlcoholicDrinksPerDay => ("74013-4", "Alcoholic drinks per drinking day"),
            Self::DrugUse => ("11343-1", "History of Other nonmedical drug use"),
            Self::Occupation => ("21843-8", "History of Usual occupation"),
            Self::PeopleInHousehold => ("63512-8", "How many people are living or staying at this address"),
            Self::Education => ("82589-3", "Highest level of education"),
        }
    }
}

/// What was told.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SocialValue {
    /// A code, e.g. SNOMED CT 8517006, Ex-smoker.
    Concept(CodeableConcept),
    /// A number with its unit, e.g. of pack-years.
    Quantity(Quantity),
    /// In somebody's words.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

/// Either one of the topics, or a code.
fn asked(said: &RecordSocialHistory) -> Result<(), ValidationError> {
    if said.topic.is_some() == said.code.is_some() {
        let message = std::borrow::Cow::Borrowed("either `topic` or `code`");
        return Err(ValidationError::new("topic").with_message(message));
    }
    Ok(())
}

fn told(value: &SocialValue) -> Result<(), ValidationError> {
    let message = std::borrow::Cow::Borrowed("1 to 2,000 characters that say something");
    let refused = || Err(ValidationError::new("length").with_message(message));
    match value {
        SocialValue::Concept(of) if of.is_empty() => refused(),
        SocialValue::Concept(of) => concept(of),
        SocialValue::Text(text) if text.trim().is_empty() || text.chars().count() > 2_000 => refused(),
        SocialValue::Quantity(of) if of.unit.chars().count() > 100 => refused(),
        SocialValue::Text(_) | SocialValue::Quantity(_) | SocialValue::Flag(_) => Ok(()),
    }
}

/// What is known, in the fields it is patched by.
#[derive(Serialize)]
struct Said<'a> {
    code: &'a CodeableConcept,
    value: &'a Option<ObservationValue>,
    effective_at: DateTime<Utc>,
    encounter: Option<EncounterId>,
}

fn said(now: &Observation) -> Said<'_> {
    Said { code: &now.code, value: &now.value, effective_at: now.effective_at, encounter: now.encounter }
}

impl RecordSocialHistory {
    /// What it describes, under what its source calls it.
    fn named(self, identifiers: Vec<Identifier>, now: DateTime<Utc>) -> Observation {
        let Self { topic, code, value, effective_at, encounter } = self;
        let of_topic = |topic: SocialTopic| {
            let (code, display) = topic.code();
            CodeableConcept::of(Coding::new(LOINC, code, display))
        };
        Observation {
            identifiers,
            category: ObservationCategory::SocialHistory,
            code: topic.map(of_topic).or(code).unwrap_or_default(),
            value: Some(match value {
                SocialValue::Concept(of) => ObservationValue::Concept(of),
                SocialValue::Quantity(of) => ObservationValue::Quantity(of),
                SocialValue::Text(text) => ObservationValue::Text(text),
                SocialValue::Flag(flag) => ObservationValue::Flag(flag),
            }),
            components: vec![],
            data_absent_reason: None,
            interpretation: vec![],
            reference_range: None,
            status: "final".to_owned(),
            effective_at: effective_at.unwrap_or(now),
            issued_at: Some(now),
            encounter,
        }
    }
}

/// Records how the patient lives, as a fact that is true of a time. What was recorded before stays beside it: that is the history.
#[utoipa::path(tag = "history", request_body(content = RecordSocialHistory, example = json!({
    "topic": "tobacco_smoking_status",
    "value": { "concept": { "coding": [{ "system": "http://snomed.info/sct", "code": "8517006", "display": "Ex-smoker" }] } }
})), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/social-history")]
pub async fn record_social_history(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<RecordSocialHistory>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let now = app.clock.now();
    let content = body.named(vec![], now);
    Ok(Changed::created(history::record_social_history(&app, &call, *id, content).await?, "/api/v1/social-history"))
}

/// What was recorded of how a patient lives.
#[utoipa::path(tag = "history", params(("id" = ObservationId, Path, description = "the entry"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Observation>, headers(("ETag" = String))),
))]
#[get("/social-history/{id}")]
pub async fn get_social_history(
    app: Data<App>,
    caller: Caller,
    id: Path<ObservationId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(history::get_social_history(&app, &caller.0, *id, day.0.as_of).await?))
}

/// Amends what was recorded, by a merge patch over the fields it was recorded with.
#[utoipa::path(tag = "history", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "effective_at": "2026-11-01T00:00:00Z" })), params(
    ("id" = ObservationId, Path, description = "the entry"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/social-history/{id}")]
pub async fn amend_social_history(
    app: Data<App>,
    id: Path<ObservationId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let clock = app.clock.now();
    let change = |now: &Observation| {
        Ok(patch.onto::<RecordSocialHistory>(&said(now), &[])?.named(now.identifiers.clone(), clock))
    };
    Ok(Changed::done(history::amend_social_history(&app, &call, *id, change).await?))
}

/// Strikes out what was recorded of somebody else.
#[utoipa::path(tag = "history", request_body(content = Because, example = json!({ "reason": "another patient" })), params(
    ("id" = ObservationId, Path, description = "the entry"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "struck out", body = Changed, headers(("ETag" = String)))))]
#[post("/social-history/{id}/entered-in-error")]
pub async fn enter_social_history_in_error(
    app: Data<App>,
    id: Path<ObservationId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(history::enter_social_history_in_error(&app, &call, *id, reason).await?))
}
