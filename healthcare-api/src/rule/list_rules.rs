//! `GET /rules`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{
    App, QueryError,
    rule::{self, RuleFilter, RulePage, RuleSort},
};
use healthcare_domain::rule::Standing;
use healthcare_dss::Severity;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, limit, next_link},
    problem::Problem,
};

/// Which rules; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedRules {
    /// With a version that stands there; then that version is shown.
    #[param(inline)]
    state: Option<Standing>,
    /// Of this owner.
    owner: Option<String>,
    /// Of this severity.
    #[param(inline)]
    severity: Option<Severity>,
    /// That listen to this event or hook.
    trigger: Option<String>,
    /// Only those that should be judged and cannot be, or only the others.
    broken: Option<bool>,
    /// In which order; by name if not said.
    #[param(inline)]
    sort: Option<RuleSort>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The rules of the house and those that ship, each in the version that counts.
#[utoipa::path(tag = "rules", params(WantedRules), responses(
    (status = 200, description = "a page", body = RulePage),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules")]
pub async fn list_rules(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedRules>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedRules { state, owner, severity, trigger, broken, sort, cursor, limit: asked } = wanted.0;
    let filter = RuleFilter { state, owner, severity, trigger, broken, sort: sort.unwrap_or_default() };
    let read = |text: String| hex::decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let after = cursor.map(|text| read(text).ok_or(QueryError::BadCursor)).transpose()?;
    let page = rule::list_rules(&app, &caller.0, &filter, (after.as_deref(), limit(asked)?)).await?;
    let page = RulePage { next_cursor: page.next_cursor.map(hex::encode), ..page };
    let mut answer = HttpResponse::Ok();
    if let Some(next) = &page.next_cursor {
        answer.insert_header(next_link(&request, next));
    }
    Ok(answer.json(page))
}
