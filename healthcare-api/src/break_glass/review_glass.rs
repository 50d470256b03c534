//! `POST /break-glass/{id}/review`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, break_glass};
use healthcare_domain::{break_glass::ReviewOutcome, id::BreakGlassId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// What is to be made of a grant.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcome": "justified", "note": "the chart shows the resuscitation" }))]
pub struct ReviewGlass {
    /// The outcome.
    outcome: ReviewOutcome,
    /// In the reviewer's words.
    note: Remark,
}

/// Reviews a grant, which takes it off the queue. Nobody reviews their own.
#[utoipa::path(tag = "break-glass", request_body = ReviewGlass, params(
    ("id" = uuid::Uuid, Path, description = "the grant"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or it is their own", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such grant", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it was reviewed already", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/break-glass/{id}/review")]
pub async fn review_glass(
    app: Data<App>,
    id: Path<BreakGlassId>,
    command: Command<ReviewGlass>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: ReviewGlass { outcome, note } } = command;
    let cmd = break_glass::ReviewGlass { grant: *id, outcome, note };
    Ok(Changed::done(break_glass::review_glass(&app, &call, cmd).await?))
}
