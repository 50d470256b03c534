//! `POST /plans/{id}/status` and `POST /plans/{id}/entered-in-error`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    plan::{self, Course},
};
use healthcare_domain::{id::PlanId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Where a plan is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlanCourse {
    /// A draft is followed from now on.
    Activate,
    /// It rests.
    Hold,
    /// It is followed again.
    Resume,
    /// It was followed to its end.
    Complete,
    /// It is followed no longer.
    Revoke,
}

/// A step of a plan.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowPlan {
    /// Where it is to go.
    course: PlanCourse,
    /// Why; wanted where it rests or is followed no longer.
    reason: Option<Remark>,
}

/// Takes a plan further: from draft to active, on hold and back, to completed or revoked.
#[utoipa::path(tag = "plans", request_body(content = FollowPlan, example = json!({ "course": "activate" })), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/status")]
pub async fn follow_plan(
    app: Data<App>,
    id: Path<PlanId>,
    command: Command<FollowPlan>,
) -> Result<HttpResponse, Problem> {
    let FollowPlan { course, reason } = command.body;
    let because = || reason.clone().ok_or_else(|| Problem::missing("/reason", "it is said why"));
    let course = match course {
        PlanCourse::Activate => Course::Activate,
        PlanCourse::Hold => Course::Hold(because()?),
        PlanCourse::Resume => Course::Resume,
        PlanCourse::Complete => Course::Complete,
        PlanCourse::Revoke => Course::Revoke(because()?),
    };
    Ok(Changed::done(plan::follow_plan(&app, &command.call, *id, course).await?))
}

/// Strikes a plan out. It is in no list and asks nothing of anybody; by its identity it stays readable, marked.
#[utoipa::path(tag = "plans", request_body = Because, params(
    ("id" = PlanId, Path, description = "the plan"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/plans/{id}/entered-in-error")]
pub async fn enter_plan_in_error(
    app: Data<App>,
    id: Path<PlanId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(plan::enter_plan_in_error(&app, &command.call, *id, command.body.reason).await?))
}
