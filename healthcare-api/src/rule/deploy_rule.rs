//! `POST /rules/{id}/versions/{number}/shadow`, `…/activate` and `…/retire`.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, rule};
use healthcare_domain::{id::WardId, rule::RuleScope, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::refusal;
use crate::{
    http::{Changed, Command, bounds::Because},
    problem::Problem,
};

/// Where a version is to be judged in the shadow, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadowRule {
    /// For the patients on these wards; in the whole house if left out.
    wards: Option<BTreeSet<WardId>>,
    /// Why, in the words of who approves it.
    reason: Remark,
}

/// Where and from when a version is to be in force, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivateRule {
    /// For the patients on these wards; in the whole house if left out.
    wards: Option<BTreeSet<WardId>>,
    /// From when; at once if left out. It takes effect then without anybody doing anything.
    effective_at: Option<DateTime<Utc>>,
    /// Why, in the words of who approves it.
    reason: Remark,
}

fn scope(wards: Option<BTreeSet<WardId>>) -> RuleScope {
    wards.map_or(RuleScope::House, RuleScope::Wards)
}

/// Has a version judged in the shadow: live, for every patient it concerns, shown to nobody, counted. By a second person:
/// who wrote it does not approve it. For a version that shipped, the first call proposes and the second, by somebody
/// else, decides (`outcome`).
#[utoipa::path(tag = "rules", request_body(content = ShadowRule, example = json!({ "reason": "Reviewed; to be counted for two weeks." })), params(
    ("id" = String, Path, description = "the name of the rule"),
    ("number" = u32, Path, description = "the version"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version of the rule that was seen, if it matters"),
), responses(
    (status = 200, description = "in the shadow, or proposed", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such version", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "not tested, or by its author", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "no such ward", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules/{id}/versions/{number}/shadow")]
pub async fn shadow_rule(
    app: Data<App>,
    of: Path<(String, u32)>,
    command: Command<ShadowRule>,
) -> Result<HttpResponse, Problem> {
    let ShadowRule { wards, reason } = command.body;
    let of = (of.0.as_str(), of.1);
    Ok(Changed::done(rule::shadow_rule(&app, &command.call, of, scope(wards), reason).await.map_err(refusal)?))
}

/// Puts a version into force, in the house or on wards, now or at a moment, in place of whichever is there. An earlier
/// version again is a rollback. By a second person, as the shadow.
#[utoipa::path(tag = "rules", request_body(content = ActivateRule, example = json!({ "reason": "Two weeks in the shadow: 3 a day, all of use." })), params(
    ("id" = String, Path, description = "the name of the rule"),
    ("number" = u32, Path, description = "the version"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version of the rule that was seen, if it matters"),
), responses(
    (status = 200, description = "in force now or at the moment, or proposed", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such version", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "never in the shadow, in force there, or by its author", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "no such ward, or in the past", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules/{id}/versions/{number}/activate")]
pub async fn activate_rule(
    app: Data<App>,
    of: Path<(String, u32)>,
    command: Command<ActivateRule>,
) -> Result<HttpResponse, Problem> {
    let ActivateRule { wards, effective_at, reason } = command.body;
    let of = (of.0.as_str(), of.1);
    let when = (scope(wards), effective_at);
    Ok(Changed::done(rule::activate_rule(&app, &command.call, of, when, reason).await.map_err(refusal)?))
}

/// Takes a version out, wherever it is in force or in the shadow; nothing takes its place. By a second person, as the
/// shadow; a draft is thrown away by its author alone.
#[utoipa::path(tag = "rules", request_body(content = Because, example = json!({ "reason": "Overridden nine times in ten." })), params(
    ("id" = String, Path, description = "the name of the rule"),
    ("number" = u32, Path, description = "the version"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version of the rule that was seen, if it matters"),
), responses(
    (status = 200, description = "retired, or proposed", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such version", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "retired before, or by its author", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules/{id}/versions/{number}/retire")]
pub async fn retire_rule(
    app: Data<App>,
    of: Path<(String, u32)>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let of = (of.0.as_str(), of.1);
    Ok(Changed::done(rule::retire_rule(&app, &command.call, of, command.body.reason).await.map_err(refusal)?))
}
