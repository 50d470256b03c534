//! `PATCH /problems/{id}`.

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};
use healthcare_application::{App, problem};
use healthcare_domain::{id::ProblemId, problem::Problem as Entry, signing::Override};
use serde::Deserialize;

use super::add_problem::AddProblem;
use crate::{
    http::{Changed, Command, MergePatch},
    problem::Problem,
};

/// Answers to findings, which no problem has: they come with the patch.
#[derive(Deserialize)]
struct Answers {
    overrides: Option<Vec<Override>>,
}

/// Describes a problem otherwise, by a merge patch over the fields it was added with; also one that is over. What it brings up
/// that was not there as the problem stood is told in `findings`; a critical finding answers 409, as of a new problem, and
/// nothing is stored until the patch comes again (with a new idempotency key) with `overrides` for each critical one.
#[utoipa::path(tag = "problems", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "verification": "confirmed" })), params(
    ("id" = ProblemId, Path, description = "the problem"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended; `findings` did not interrupt", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such problem", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it was entered in error, or findings wait for an answer", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the result has another shape or cannot be true, or an override answers nothing", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/problems/{id}")]
pub async fn amend_problem(
    app: Data<App>,
    id: Path<ProblemId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let Answers { overrides } = patch.of(&["overrides"])?;
    let overrides = overrides.unwrap_or_default();
    // Read whole, answers among it, so that all of it is held to its bounds.
    let change = |now: &Entry| {
        // What only a source tells stays as it told it.
        let told = patch.onto::<AddProblem>(now, &["identifiers", "body_sites", "note"])?;
        let (named, _) = told.named(now.identifiers.clone());
        Ok(Entry { body_sites: now.body_sites.clone(), note: now.note.clone(), ..named })
    };
    Ok(Changed::done(problem::amend_problem(&app, &call, (*id, &overrides), change).await?))
}
