//! `POST /rules/backtests`.

use actix_web::{HttpResponse, post, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    backtest::{RequestBacktest, RuleSource, request_backtest},
};
use healthcare_dss::rule::RuleDocument;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// How many moments are picked, unless said otherwise.
const SAMPLES: u16 = 20;

/// Which version of a rule: as it is written here, or one that judges or has judged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BacktestRuleVersion)]
pub struct Version {
    /// The document.
    rule: Option<Box<RuleDocument>>,
    /// The name of a rule that judges or has judged.
    #[schema(max_length = 200, example = "critical-potassium-high")]
    rule_id: Option<String>,
    /// Its version; the one in force if absent.
    #[schema(minimum = 1, example = 1)]
    version: Option<u32>,
}

/// What is tried, and over which time.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunBacktest {
    /// The rule on trial, as it is written here. Either this, `rule_id`, or `candidate`.
    rule: Option<Box<RuleDocument>>,
    /// The rule on trial, of those that judge or have judged.
    #[validate(length(max = 200))]
    #[schema(max_length = 200, example = "critical-potassium-high")]
    rule_id: Option<String>,
    /// Its version; the one in force if absent.
    #[schema(minimum = 1, example = 1)]
    version: Option<u32>,
    /// The version on trial, where two are compared.
    candidate: Option<Version>,
    /// The version it is compared with; the one in force of the same rule if absent, if that is another.
    baseline: Option<Version>,
    /// From when on alerts count.
    from: DateTime<Utc>,
    /// Until when.
    to: DateTime<Utc>,
    /// How many moments are picked to be looked at; 20 if absent.
    #[validate(range(max = 200))]
    #[schema(maximum = 200, example = 20)]
    samples: Option<u16>,
    /// How many patients are drawn by lot; all if absent.
    #[validate(range(min = 1, max = 10_000_000))]
    #[schema(minimum = 1, maximum = 10_000_000)]
    patients: Option<u32>,
}

fn source(version: Version, place: &'static str) -> Result<RuleSource, Problem> {
    match version {
        Version { rule: Some(rule), rule_id: None, version: None } => Ok(RuleSource::Written(rule)),
        Version { rule: None, rule_id: Some(id), version } => Ok(RuleSource::Kept { id, version }),
        _ => Err(unclear(place)),
    }
}

fn unclear(place: &'static str) -> Problem {
    Problem::new(
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY,
        "/problems/backtest/unclear",
        "Say which rule is tried: either its document, or its name and version",
    )
    .at(place, "either `rule`, or `rule_id` with or without `version`")
}

/// Tries a rule on the hospital's own history, as each fact was known at the time: beside everything else, in the
/// background. `GET /rules/backtests/{id}` says how far it is and, at the end, how often it would have spoken, to how many
/// patients, against the version in force, and what clinicians then did. Nobody is shown anything.
#[utoipa::path(tag = "rules", request_body = RunBacktest, responses(
    (status = 201, description = "it waits to be run", body = Changed, headers(("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "too many wait already", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the rule cannot be judged, is not there, or the time makes no sense", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules/backtests")]
pub async fn run_backtest(app: Data<App>, command: Command<RunBacktest>) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let RunBacktest { rule, rule_id, version, candidate, baseline, from, to, samples, patients } = body;
    let candidate = match (candidate, &rule, &rule_id) {
        (Some(candidate), None, None) if version.is_none() => source(candidate, "/candidate")?,
        (None, ..) => source(Version { rule, rule_id, version }, "/rule")?,
        _ => return Err(unclear("/candidate")),
    };
    let baseline = baseline.map(|version| source(version, "/baseline")).transpose()?;
    let cmd = RequestBacktest { candidate, baseline, from, to, samples: samples.unwrap_or(SAMPLES), patients };
    Ok(Changed::created(request_backtest(&app, &call, cmd).await?, "/api/v1/rules/backtests"))
}
