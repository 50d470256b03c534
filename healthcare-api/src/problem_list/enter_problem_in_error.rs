//! `POST /problems/{id}/entered-in-error`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, problem};
use healthcare_domain::id::ProblemId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Strikes out a problem that never was. It is then in no list and counts in no check.
#[utoipa::path(tag = "problems", request_body = Because, params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such problem", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is struck out already", body = Problem, content_type = "application/problem+json"),
))]
#[post("/problems/{id}/entered-in-error")]
pub async fn enter_problem_in_error(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = problem::EnterProblemInError { problem: *id, reason };
    Ok(Changed::done(problem::enter_problem_in_error(&app, &call, cmd).await?))
}
