//! `GET /schedules`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{App, order::ByTime, read::Page, scheduling, view::Kind};
use healthcare_domain::scheduling::resource::ResourceKind;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Which resources; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedResources {
    /// What they are.
    #[param(inline)]
    kind: Option<ResourceKind>,
    /// Only those that can be booked, or only those that cannot.
    active: Option<bool>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Practitioners, rooms and devices that can be booked, the newest first if not asked otherwise.
#[utoipa::path(tag = "schedules", params(WantedResources), responses((status = 200, description = "a page", body = Page)))]
#[get("/schedules")]
pub async fn list_resources(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedResources>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedResources { kind, active, sort, cursor, limit } = wanted.0;
    let filter = (active, kind.map(ResourceKind::as_str));
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    Ok(listed(&request, scheduling::list_of_nobody(&app, &caller.0, Kind::Resource, filter, page).await?))
}
