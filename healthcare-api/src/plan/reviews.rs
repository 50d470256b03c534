//! `POST /plans/{id}/reviews` and `POST /plans/{id}/reviews/{number}/held`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::NaiveDate;
use healthcare_application::{App, plan};
use healthcare_domain::{id::PlanId, party::Party, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// A day on which the plan is looked at again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleReview {
    /// The day.
    due: NaiveDate,
    /// Who holds it: an account, or whoever has a role and cares for the patient; the caller if absent.
    responsible: Option<Party>,
}

/// Sets a day on which a plan is looked at again. From that day on it stands in the inbox of who is responsible.
#[utoipa::path(tag = "plans", request_body(content = ScheduleReview, example = json!({ "due": "2027-03-31" })), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "set", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/reviews")]
pub async fn schedule_review(
    app: Data<App>,
    id: Path<PlanId>,
    command: Command<ScheduleReview>,
) -> Result<HttpResponse, Problem> {
    let ScheduleReview { due, responsible } = command.body;
    Ok(Changed::done(plan::schedule_review(&app, &command.call, *id, (due, responsible)).await?))
}

/// What came of a review.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldReview {
    /// In your words.
    outcome: Remark,
}

/// Notes what came of a review, held by the caller.
#[utoipa::path(tag = "plans", request_body(content = HoldReview, example = json!({ "outcome": "On target; go on." })), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("number" = u16, Path, description = "the review"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "noted", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/reviews/{number}/held")]
pub async fn hold_review(
    app: Data<App>,
    path: Path<(PlanId, u16)>,
    command: Command<HoldReview>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    Ok(Changed::done(plan::hold_review(&app, &command.call, id, (number, command.body.outcome)).await?))
}
