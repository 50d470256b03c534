//! `GET /accounts`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{
    App, Role,
    account::{self, AccountFilter},
    order::ByTime,
    read::Page,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Which accounts; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// What they are in the house.
    #[param(inline)]
    role: Option<Role>,
    /// Whether they may sign in.
    enabled: Option<bool>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The accounts, the newest first if not asked otherwise.
#[utoipa::path(tag = "accounts", params(Wanted), responses(
    (status = 200, description = "a page of accounts", body = Page),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts")]
pub async fn list_accounts(
    app: Data<App>,
    caller: Caller,
    wanted: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Wanted { role, enabled, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    let page = account::list_accounts(&app, &caller.0, AccountFilter { role, enabled }, page).await?;
    Ok(listed(&request, page))
}
