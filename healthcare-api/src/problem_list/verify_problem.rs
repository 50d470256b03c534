//! `POST /problems/{id}/verify`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, problem};
use healthcare_domain::{id::ProblemId, problem::ProblemVerification, signing::Override, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// How sure it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyProblem {
    /// How sure.
    verification: ProblemVerification,
    /// Why, where what was confirmed or refuted is so no longer.
    reason: Option<Remark>,
    /// Each answers a finding by its id, with a reason.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

/// Decides how sure it is; one that is ruled out counts in no check. What was confirmed or refuted changes with a reason.
/// Of what is taken to be so again, what it brings up is told in `findings`; a critical finding answers 409, as of a new problem,
/// until the command comes again (with a new idempotency key) with `overrides` for each critical one.
#[utoipa::path(tag = "problems", request_body(content = VerifyProblem, example = json!({ "verification": "refuted", "reason": "spirometry is normal" })), params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses(
    (status = 200, description = "decided; `findings` did not interrupt", body = Changed, headers(("ETag" = String))),
    (status = 409, description = "it was entered in error, or findings wait for an answer", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a reason is missing, or an override answers nothing", body = Problem, content_type = "application/problem+json"),
))]
#[post("/problems/{id}/verify")]
pub async fn verify_problem(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<VerifyProblem>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: VerifyProblem { verification, reason, overrides } } = command;
    let cmd = problem::VerifyProblem { problem: *id, verification, reason, overrides };
    Ok(Changed::done(problem::verify_problem(&app, &call, cmd).await?))
}
