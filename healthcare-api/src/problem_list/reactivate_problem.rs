//! `POST /problems/{id}/reactivate`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, problem};
use healthcare_domain::id::ProblemId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Since when it is back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReactivateProblem {
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
}

/// Puts a problem back that was over: what was gone recurs, what was in remission relapses. It counts in every check again.
#[utoipa::path(tag = "problems", request_body = ReactivateProblem, params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "it is back", body = Changed, headers(("ETag" = String)))))]
#[post("/problems/{id}/reactivate")]
pub async fn reactivate_problem(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<ReactivateProblem>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: ReactivateProblem { at } } = command;
    let cmd = problem::ReactivateProblem { problem: *id, at };
    Ok(Changed::done(problem::reactivate_problem(&app, &call, cmd).await?))
}
