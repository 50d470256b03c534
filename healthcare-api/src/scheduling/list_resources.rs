//! `GET /schedules`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{
    App,
    order::ByTime,
    read::Page,
    scheduling::{self, OfNobody},
    view::Kind,
};
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
    /// How the name begins, or a word of it; case and accents do not matter; several words must all match.
    #[param(max_length = 200)]
    name: Option<String>,
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
    let WantedResources { kind, name, active, sort, cursor, limit } = wanted.0;
    if name.as_deref().is_some_and(|name| name.chars().count() > 200 || !name.chars().any(char::is_alphanumeric)) {
        return Err(Problem::bad_parameter("name", "1 to 200 characters, with a letter or a digit among them"));
    }
    let filter = OfNobody { active, code: kind.map(ResourceKind::as_str), name: name.as_deref() };
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    Ok(listed(&request, scheduling::list_of_nobody(&app, &caller.0, Kind::Resource, filter, page).await?))
}
