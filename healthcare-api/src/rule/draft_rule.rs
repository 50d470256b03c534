//! `POST /rules`, `PUT /rules/{id}/versions/{number}` and `POST /rules/{id}/versions/{number}/test`.

use actix_web::{
    HttpResponse,
    http::header,
    post, put,
    web::{Data, Path},
};
use healthcare_application::{App, rule};
use healthcare_domain::text::Remark;
use healthcare_dss::rule::RuleDocument;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::refusal;
use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// What a version is to say, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftRule {
    /// The rule document; its `id` is the rule, its `version` higher than all before.
    document: RuleDocument,
    /// Why, in the author's words.
    reason: Remark,
}

/// Drafts a version of a rule: of a new one, or the next of one that ships or is kept. What is wrong with the document is
/// said at once, with its place.
#[utoipa::path(tag = "rules", request_body = DraftRule, params(
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "drafted", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 409, description = "the version is not new", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the document is no rule that can be judged; the errors say where and why", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules")]
pub async fn draft_rule(app: Data<App>, command: Command<DraftRule>) -> Result<HttpResponse, Problem> {
    let Command { call, body: DraftRule { document, reason } } = command;
    let location = format!("/api/v1/rules/{}/versions/{}", document.id, document.version);
    let committed = rule::draft_rule(&app, &call, document, reason).await.map_err(refusal)?;
    let mut answer = Changed::created(committed, "/api/v1/rules");
    if let Ok(location) = header::HeaderValue::from_str(&location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

/// Changes what a draft says. What is past the draft never changes.
#[utoipa::path(tag = "rules", request_body = DraftRule, params(
    ("id" = String, Path, description = "the name of the rule"),
    ("number" = u32, Path, description = "the version"),
    ("If-Match" = String, Header, description = "the version of the rule that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "revised", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such version", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "past the draft", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the document is no rule that can be judged", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/rules/{id}/versions/{number}")]
pub async fn revise_rule(
    app: Data<App>,
    of: Path<(String, u32)>,
    command: Command<DraftRule>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: DraftRule { document, reason } } = command;
    let of = (of.0.as_str(), of.1);
    Ok(Changed::done(rule::revise_rule(&app, &call, of, document, reason).await.map_err(refusal)?))
}

/// Runs the tests of a draft and keeps how they went; where all hold, the version is fixed from now on. They must show at
/// least one case in which the rule fires and one in which it does not.
#[utoipa::path(tag = "rules", request_body = Nothing, params(
    ("id" = String, Path, description = "the name of the rule"),
    ("number" = u32, Path, description = "the version"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version of the rule that was seen, if it matters"),
), responses(
    (status = 200, description = "run; `passed` tells whether all held", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such version", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "past the draft", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the tests do not show both", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules/{id}/versions/{number}/test")]
pub async fn test_rule(
    app: Data<App>,
    of: Path<(String, u32)>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(rule::test_rule(&app, &command.call, (of.0.as_str(), of.1)).await.map_err(refusal)?))
}
