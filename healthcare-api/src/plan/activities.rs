//! `POST /plans/{id}/activities`, and below it `/{number}/assign`, `/{number}/done`, `/{number}/skip`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    plan::{self, Outcome},
};
use healthcare_domain::{code::CodeableConcept, id::PlanId, party::Party, plan::ActivityContent, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Because, Changed, Command, bounds::concept},
    problem::Problem,
};

/// Something that is to be done.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddActivity {
    /// In a code (SNOMED CT) or in words.
    #[validate(custom(function = "concept"))]
    what: CodeableConcept,
    /// More about it.
    instructions: Option<Remark>,
    /// Who is to do it: an account, or whoever has a role and cares for the patient.
    assigned_to: Option<Party>,
    /// When.
    scheduled_at: Option<DateTime<Utc>>,
}

/// Adds an activity to a plan. The activities go by number, the first is 1.
#[utoipa::path(tag = "plans", request_body(content = AddActivity, example = json!({
    "what": { "text": "Dressing change" }, "assigned_to": { "role": "nurse" }, "scheduled_at": "2027-01-05T09:00:00Z"
})), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "added", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/activities")]
pub async fn add_activity(
    app: Data<App>,
    id: Path<PlanId>,
    command: Command<AddActivity>,
) -> Result<HttpResponse, Problem> {
    let AddActivity { what, instructions, assigned_to, scheduled_at } = command.body;
    let activity = ActivityContent { what, instructions, assigned_to, scheduled_at };
    Ok(Changed::done(plan::add_activity(&app, &command.call, *id, activity).await?))
}

/// Whose an activity is, and when.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignActivity {
    /// Who is to do it; nobody if absent.
    to: Option<Party>,
    /// When; at no time in particular if absent.
    scheduled_at: Option<DateTime<Utc>>,
}

/// Gives an activity to somebody, and to a time.
#[utoipa::path(tag = "plans", request_body(content = AssignActivity, example = json!({ "to": { "role": "nurse" } })), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("number" = u16, Path, description = "the activity"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "assigned", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/activities/{number}/assign")]
pub async fn assign_activity(
    app: Data<App>,
    path: Path<(PlanId, u16)>,
    command: Command<AssignActivity>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    let AssignActivity { to, scheduled_at } = command.body;
    Ok(Changed::done(plan::assign_activity(&app, &command.call, id, number, (to, scheduled_at)).await?))
}

/// That an activity was done.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteActivity {
    /// When; now if absent, and never later.
    at: Option<DateTime<Utc>>,
    /// In your words.
    note: Option<Remark>,
}

/// Notes that an activity was done, by the caller.
#[utoipa::path(tag = "plans", request_body(content = CompleteActivity, example = json!({ "note": "Wound clean." })), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("number" = u16, Path, description = "the activity"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "noted", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/activities/{number}/done")]
pub async fn complete_activity(
    app: Data<App>,
    path: Path<(PlanId, u16)>,
    command: Command<CompleteActivity>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    let CompleteActivity { at, note } = command.body;
    Ok(Changed::done(plan::end_activity(&app, &command.call, id, number, Outcome::Done { at, note }).await?))
}

/// Notes that an activity is not done, and why.
#[utoipa::path(tag = "plans", request_body = Because, params(
    ("id" = PlanId, Path, description = "the plan"),
    ("number" = u16, Path, description = "the activity"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "noted", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/activities/{number}/skip")]
pub async fn skip_activity(
    app: Data<App>,
    path: Path<(PlanId, u16)>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    let outcome = Outcome::Skipped(command.body.reason);
    Ok(Changed::done(plan::end_activity(&app, &command.call, id, number, outcome).await?))
}
