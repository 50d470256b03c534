//! `PATCH /problems/{id}`.

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};
use healthcare_application::{App, problem};
use healthcare_domain::{id::ProblemId, problem::Problem as Entry};

use super::add_problem::DescribedProblem;
use crate::{
    http::{Changed, Command, MergePatch},
    problem::Problem,
};

/// Describes a problem otherwise, by a merge patch over the fields it was added with; also one that is over.
#[utoipa::path(tag = "problems", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "verification": "confirmed" })), params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such problem", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it was entered in error", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the result has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/problems/{id}")]
pub async fn amend_problem(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let change =
        |now: &Entry| Ok(patch.onto::<DescribedProblem>(now, &["identifiers"])?.named(now.identifiers.clone()));
    Ok(Changed::done(problem::amend_problem(&app, &call, *id, change).await?))
}
