//! `GET /break-glass`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{App, access::GrantState, break_glass, order::ByTime, read::Page};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Where grants stand.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Standing {
    /// Nobody has looked at them.
    Unreviewed,
    /// Somebody has.
    Reviewed,
}

/// Which grants.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Where they stand; all if absent.
    #[param(inline)]
    state: Option<Standing>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Records that were opened without a care relationship, the newest first if not asked otherwise.
#[utoipa::path(tag = "break-glass", params(Wanted), responses(
    (status = 200, description = "a page of grants", body = Page),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/break-glass")]
pub async fn list_grants(
    app: Data<App>,
    caller: Caller,
    wanted: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Wanted { state, sort, cursor, limit } = wanted.0;
    let state = state.map(|state| match state {
        Standing::Unreviewed => GrantState::Unreviewed,
        Standing::Reviewed => GrantState::Reviewed,
    });
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    let page = break_glass::list_grants(&app, &caller.0, state, page).await?;
    Ok(listed(&request, page))
}
