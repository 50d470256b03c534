//! `GET /rules/backtests/{id}/patients`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App, QueryError,
    backtest::{self, AlertedList, AlertedPaging, Change},
    order::{ByTime, Direction},
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    http::{Caller, Query, limit, next_link},
    problem::Problem,
};

/// Which patients, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedPatients {
    /// Of whom only the candidate would have alerted (`added`), only the baseline (`removed`), or both (`same`: everybody,
    /// where there is no baseline).
    #[param(inline)]
    change: Option<Change>,
    /// By the day of their first alert; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The patients of whom the candidate or the baseline would have alerted, once the backtest is done: how often each, and
/// since which day. Patients whose chart the caller may read are named; of the others there is the pseudonym that they
/// have in the samples.
#[utoipa::path(tag = "rules", params(("id" = Uuid, Path, description = "the backtest"), WantedPatients), responses(
    (status = 200, description = "a page", body = AlertedList),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such backtest", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/backtests/{id}/patients")]
pub async fn list_backtest_patients(
    app: Data<App>,
    caller: Caller,
    id: Path<Uuid>,
    wanted: Query<WantedPatients>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedPatients { change, sort, cursor, limit: asked } = wanted.0;
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    let direction = Direction::asked(sort, ByTime::Newest);
    let paging = AlertedPaging { change, after, limit: limit(asked)?, direction };
    let list = backtest::list_backtest_patients(&app, &caller.0, *id, &paging).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &list.next_cursor {
        response.insert_header(next_link(&request, next));
    }
    Ok(response.json(list))
}
