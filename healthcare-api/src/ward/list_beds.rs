//! `GET /beds` and `GET /wards/{id}/beds`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    order::ByName,
    read::Page,
    ward::{self, BedFilter, BedState},
};
use healthcare_domain::id::WardId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::paging;
use crate::{
    http::{Caller, Query, listed},
    problem::Problem,
};

/// Which beds; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedBeds {
    /// In this room.
    #[param(min_length = 1, max_length = 100)]
    room: Option<String>,
    /// That stand here.
    #[param(inline)]
    state: Option<BedState>,
    /// In which order; from A to Z by ward, room and name if absent.
    #[param(inline)]
    sort: Option<ByName>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The beds of a ward by room and name, with who lies in them where the caller may see that patient.
#[utoipa::path(tag = "wards", params(("id" = WardId, Path, description = "the ward"), WantedBeds), responses(
    (status = 200, description = "a page", body = Page),
))]
#[get("/wards/{id}/beds")]
pub async fn list_ward_beds(
    app: Data<App>,
    caller: Caller,
    id: Path<WardId>,
    wanted: Query<WantedBeds>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedBeds { room, state, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, sort)?;
    let filter = BedFilter { ward: None, room, state };
    Ok(listed(&request, ward::occupancy(&app, &caller.0, (*id, filter), page).await?))
}

/// The beds of the house by ward, room and name, with who lies in them where the caller may see that patient.
#[utoipa::path(tag = "wards", params(WantedBeds), responses((status = 200, description = "a page", body = Page)))]
#[get("/beds")]
pub async fn list_beds(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedBeds>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedBeds { room, state, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, sort)?;
    let filter = BedFilter { ward: None, room, state };
    Ok(listed(&request, ward::list_beds(&app, &caller.0, filter, page).await?))
}
