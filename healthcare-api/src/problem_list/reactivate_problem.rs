//! `POST /problems/{id}/reactivate`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, problem};
use healthcare_domain::{id::ProblemId, signing::Override};
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
    /// Each answers a finding by its id, with a reason.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

/// Puts a problem back that was over: what was gone recurs, what was in remission relapses. It counts in every check again:
/// what it brings up is told in `findings`; a critical finding answers 409, as of a new problem, until the command comes again
/// (with a new idempotency key) with `overrides` for each critical one.
#[utoipa::path(tag = "problems", request_body = ReactivateProblem, params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses(
    (status = 200, description = "it is back; `findings` did not interrupt", body = Changed, headers(("ETag" = String))),
    (status = 409, description = "it is active or was entered in error, or findings wait for an answer", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "it would be back before it ended, or an override answers nothing", body = Problem, content_type = "application/problem+json"),
))]
#[post("/problems/{id}/reactivate")]
pub async fn reactivate_problem(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<ReactivateProblem>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: ReactivateProblem { at, overrides } } = command;
    let cmd = problem::ReactivateProblem { problem: *id, at, overrides };
    Ok(Changed::done(problem::reactivate_problem(&app, &call, cmd).await?))
}
