//! `POST /problems/{id}/verify`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, problem};
use healthcare_domain::{id::ProblemId, problem::ProblemVerification, text::Remark};
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
}

/// Decides how sure it is; one that is ruled out counts in no check. What was confirmed or refuted changes with a reason.
#[utoipa::path(tag = "problems", request_body(content = VerifyProblem, example = json!({ "verification": "refuted", "reason": "spirometry is normal" })), params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "decided", body = Changed, headers(("ETag" = String)))))]
#[post("/problems/{id}/verify")]
pub async fn verify_problem(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<VerifyProblem>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: VerifyProblem { verification, reason } } = command;
    let cmd = problem::VerifyProblem { problem: *id, verification, reason };
    Ok(Changed::done(problem::verify_problem(&app, &call, cmd).await?))
}
