//! `POST /plans/{id}/goals` and `POST /plans/{id}/goals/{number}/status`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::NaiveDate;
use healthcare_application::{App, plan};
use healthcare_domain::{
    code::CodeableConcept,
    id::PlanId,
    plan::{GoalChange, GoalContent, Target},
    reference::Reference,
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds::concept},
    problem::Problem,
};

/// A goal.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddGoal {
    /// What is aimed at, in a code or in words.
    #[validate(custom(function = "concept"))]
    description: CodeableConcept,
    /// What is measured (LOINC).
    #[validate(custom(function = "concept"))]
    measure: Option<CodeableConcept>,
    /// What it is to reach (UCUM).
    target: Option<Target>,
    /// By when.
    due: Option<NaiveDate>,
    /// The problems it is for.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    addresses: Vec<Reference>,
    /// Whether it is only proposed, to be accepted later.
    #[serde(default)]
    proposed: bool,
}

/// Adds a goal to a plan. The goals go by number, the first is 1.
#[utoipa::path(tag = "plans", request_body(content = AddGoal, example = json!({
    "description": { "text": "Walks 100 m without a stop" }, "due": "2027-01-31"
})), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "added", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/goals")]
pub async fn add_goal(app: Data<App>, id: Path<PlanId>, command: Command<AddGoal>) -> Result<HttpResponse, Problem> {
    let AddGoal { description, measure, target, due, addresses, proposed } = command.body;
    let goal = GoalContent { description, measure, target, due, addresses };
    Ok(Changed::done(plan::add_goal(&app, &command.call, *id, (goal, proposed)).await?))
}

/// Where a goal is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GoalCourse {
    /// A proposed goal is aimed at from now on.
    Accept,
    /// It was reached.
    Met,
    /// It was not reached.
    NotMet,
    /// It is aimed at no longer.
    Cancel,
}

/// What becomes of a goal.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeGoal {
    /// Where it is to go.
    course: GoalCourse,
    /// Why; wanted where it was not met or is aimed at no longer.
    reason: Option<Remark>,
    /// The observation that shows it was met.
    evidence: Option<Uuid>,
}

/// Takes a goal further: accepted, met, not met, cancelled. What was met or missed stays so.
#[utoipa::path(tag = "plans", request_body(content = ChangeGoal, example = json!({ "course": "met" })), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("number" = u16, Path, description = "the goal"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/goals/{number}/status")]
pub async fn change_goal(
    app: Data<App>,
    path: Path<(PlanId, u16)>,
    command: Command<ChangeGoal>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    let ChangeGoal { course, reason, evidence } = command.body;
    let because = || reason.clone().ok_or_else(|| Problem::missing("/reason", "it is said why"));
    let change = match course {
        GoalCourse::Accept => GoalChange::Accept,
        GoalCourse::Met => GoalChange::Meet(evidence),
        GoalCourse::NotMet => GoalChange::Miss(because()?),
        GoalCourse::Cancel => GoalChange::Cancel(because()?),
    };
    Ok(Changed::done(plan::change_goal(&app, &command.call, id, (number, change)).await?))
}
