//! `GET /rules/metrics`.

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    App, Role,
    governance::{self, MetricsFilter, RuleMetricsReport, UncountableTime},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query},
    problem::Problem,
};

fn uncountable(why: UncountableTime) -> Problem {
    match why {
        UncountableTime::Empty => Problem::bad_parameter("from", "is to come before `to`"),
        UncountableTime::TooLong | UncountableTime::NotOurs => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "/problems/governance/time",
            "The time cannot be counted at once",
        )
        .at("from", why.to_string()),
    }
}

/// How far it looks back, unless said otherwise.
const DAYS: i64 = 30;

/// What is counted; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedMetrics {
    /// From when on; the last 30 days if absent.
    from: Option<DateTime<Utc>>,
    /// Until when; now if absent.
    to: Option<DateTime<Utc>>,
    /// Of this rule.
    #[param(max_length = 200, example = "critical-potassium-high")]
    rule: Option<String>,
    /// Of patients who lay on this ward.
    #[param(max_length = 200)]
    ward: Option<String>,
    /// Answered by this role, or seen by it first.
    #[param(inline)]
    role: Option<Role>,
}

/// What the rules came to: how often each fired, was shown, accepted, overridden and why, put off, withdrawn, and how long
/// it took; by ward and by role. A rule that is set aside in more than 90 of 100 answers within 30 days (of ten or more) is
/// flagged to be looked at again. Cards given to other systems by CDS Hooks are counted with what these say became of them.
/// Nobody is named; a reason is shown when at least three people gave it alike.
#[utoipa::path(tag = "rules", params(WantedMetrics), responses(
    (status = 200, description = "a rule each, by name", body = RuleMetricsReport),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "more than 400 days, or not of our time", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/metrics")]
pub async fn get_rule_metrics(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedMetrics>,
) -> Result<HttpResponse, Problem> {
    let WantedMetrics { from, to, rule, ward, role } = wanted.0;
    let to = to.unwrap_or_else(|| app.clock.now() + Duration::seconds(1));
    let earliest = to.checked_sub_signed(Duration::days(DAYS));
    let Some(from) = from.or(earliest) else {
        return Err(Problem::bad_parameter("from", "is to come before `to`"));
    };
    MetricsFilter::countable(from, to).map_err(uncountable)?;
    let unfit = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > 200 || text.contains('\0'));
    if unfit(&rule) || unfit(&ward) {
        return Err(Problem::bad_parameter(if unfit(&rule) { "rule" } else { "ward" }, "at most 200 characters"));
    }
    let role = role.map(|role| role.as_str().to_owned());
    let filter = MetricsFilter { from, to, rule, ward, role };
    Ok(HttpResponse::Ok().json(governance::get_rule_metrics(&app, &caller.0, filter).await?))
}
