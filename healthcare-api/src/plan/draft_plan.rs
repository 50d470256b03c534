//! `POST /patients/{id}/plans`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, NaiveDate, Utc};
use healthcare_application::{
    App,
    plan::{self, NewPlan},
};
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, PatientId, TemplateId},
    party::Party,
    plan::{ActivityContent, GoalContent},
    reference::Reference,
    text::Remark,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds::concepts},
    problem::Problem,
};

/// A day on which a plan is looked at again.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewOn {
    /// The day.
    due: NaiveDate,
    /// Who holds it; who makes the plan if absent.
    responsible: Option<Party>,
}

/// A plan of treatment. What the template says need not be sent; what is sent is added to it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftPlan {
    /// Its title; the template's if absent.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// What it is meant to do.
    description: Option<Remark>,
    /// What kind of plan (SNOMED CT).
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    categories: Vec<CodeableConcept>,
    /// The problems it is for.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    addresses: Vec<Reference>,
    /// During which visit.
    encounter: Option<EncounterId>,
    /// From when; now if absent.
    starts_at: Option<DateTime<Utc>>,
    /// Until when; open if absent.
    ends_at: Option<DateTime<Utc>>,
    /// Made from this template.
    template: Option<TemplateId>,
    /// What it aims at.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    goals: Vec<GoalContent>,
    /// What is to be done.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    activities: Vec<ActivityContent>,
    /// On which days it is looked at again.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    reviews: Vec<ReviewOn>,
    /// Whether it is followed at once.
    #[serde(default)]
    activate: bool,
}

/// Makes a plan: a draft, or one that is followed at once. Tasks are told to those who are to do them, and stand in their
/// inboxes, while it is followed.
#[utoipa::path(tag = "plans", request_body(content = DraftPlan, example = json!({
    "title": "Type 2 diabetes", "goals": [{ "description": { "text": "HbA1c below 7 %" },
        "measure": { "coding": [{ "system": "http://loinc.org", "code": "4548-4" }] },
        "target": { "range": { "high": { "value": "7.0", "unit": "%" } } }, "due": "2027-06-30" }],
    "activities": [{ "what": { "text": "Teach self-injection" }, "assigned_to": { "role": "nurse" } }],
    "reviews": [{ "due": "2027-03-31" }], "activate": true
})), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "made", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/plans")]
pub async fn draft_plan(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<DraftPlan>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let DraftPlan {
        title,
        description,
        categories,
        addresses,
        encounter,
        starts_at,
        ends_at,
        template,
        goals,
        activities,
        reviews,
        activate,
    } = body;
    let reviews = reviews.into_iter().map(|ReviewOn { due, responsible }| (due, responsible)).collect();
    let new = NewPlan {
        title,
        description,
        categories,
        addresses,
        encounter,
        starts_at,
        ends_at,
        template,
        goals,
        activities,
        reviews,
        activate,
    };
    Ok(Changed::created(plan::draft_plan(&app, &call, *id, new).await?, "/api/v1/plans"))
}
