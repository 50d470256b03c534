//! `POST /problems/{id}/resolve`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, problem};
use healthcare_domain::{id::ProblemId, problem::Ending};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// When it ended.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveProblem {
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
    /// How: it is gone (if not said), better, or troubles them no longer.
    #[serde(default)]
    how: Ending,
}

/// Ends a problem.
#[utoipa::path(tag = "problems", request_body = ResolveProblem, params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such problem", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer active", body = Problem, content_type = "application/problem+json"),
))]
#[post("/problems/{id}/resolve")]
pub async fn resolve_problem(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<ResolveProblem>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: ResolveProblem { at, how } } = command;
    let committed = problem::resolve_problem(&app, &call, problem::ResolveProblem { problem: *id, at, how }).await?;
    Ok(Changed::done(committed))
}
