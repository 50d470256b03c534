//! `GET /rules/backtests`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{
    App, QueryError,
    backtest::{self, BacktestFilter, BacktestList, BacktestState},
    order::{ByTime, Direction},
};
use healthcare_domain::id::AccountId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, limit, next_link},
    problem::Problem,
};

/// Which backtests; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedBacktests {
    /// That stand there.
    #[param(inline)]
    state: Option<BacktestState>,
    /// Of this rule, whichever version was tried.
    #[param(max_length = 200)]
    rule: Option<String>,
    /// That this account asked for.
    #[param(value_type = Option<uuid::Uuid>)]
    requested_by: Option<AccountId>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The backtests, the newest first if not asked otherwise, without the moments that were picked.
#[utoipa::path(tag = "rules", params(WantedBacktests), responses(
    (status = 200, description = "a page", body = BacktestList),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/backtests")]
pub async fn list_backtests(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedBacktests>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedBacktests { state, rule, requested_by, sort, cursor, limit: asked } = wanted.0;
    let filter = BacktestFilter { state, rule, requested_by };
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    let behind = (after, Direction::asked(sort, ByTime::Newest));
    let list = backtest::list_backtests(&app, &caller.0, &filter, behind, limit(asked)?).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &list.next_cursor {
        response.insert_header(next_link(&request, next));
    }
    Ok(response.json(list))
}
