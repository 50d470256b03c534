//! `GET /appointment-types`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{
    App,
    order::ByTime,
    read::Page,
    scheduling::{self, OfNobody},
    view::Kind,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Which types of appointment; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedTypes {
    /// Only those that are offered, or only those that are not.
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

/// Types of appointment, the newest first if not asked otherwise.
#[utoipa::path(tag = "schedules", params(WantedTypes), responses((status = 200, description = "a page", body = Page)))]
#[get("/appointment-types")]
pub async fn list_appointment_types(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedTypes>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedTypes { active, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    let filter = OfNobody { active, ..OfNobody::default() };
    Ok(listed(&request, scheduling::list_of_nobody(&app, &caller.0, Kind::AppointmentType, filter, page).await?))
}
