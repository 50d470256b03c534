//! `GET /wards`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{App, order::ByName, read::Page, ward};
use serde::Deserialize;
use utoipa::IntoParams;

use super::paging;
use crate::{
    http::{Caller, Query, listed},
    problem::Problem,
};

/// Which wards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedWards {
    /// Only those that are open, or only those that are closed.
    active: Option<bool>,
    /// In which order; from A to Z if absent.
    #[param(inline)]
    sort: Option<ByName>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Wards by name, each with how many of its beds are free, occupied, to be cleaned, blocked.
#[utoipa::path(tag = "wards", params(WantedWards), responses((status = 200, description = "a page", body = Page)))]
#[get("/wards")]
pub async fn list_wards(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedWards>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedWards { active, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, sort)?;
    Ok(listed(&request, ward::list_wards(&app, &caller.0, active, page).await?))
}
