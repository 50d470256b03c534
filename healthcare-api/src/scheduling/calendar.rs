//! `GET /schedules/{id}/calendar`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Duration, Utc};
use healthcare_application::{App, scheduling};
use healthcare_domain::id::ResourceId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::icalendar;
use crate::{
    http::{Caller, Query},
    problem::Problem,
};

/// What the calendar covers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Covered {
    /// From when; 30 days ago if absent.
    from: Option<DateTime<Utc>>,
    /// Until when; in 365 days if absent.
    until: Option<DateTime<Utc>>,
}

/// The calendar of a resource as iCalendar (RFC 5545), up to 5,000 entries. A patient's name stands in it only where the
/// reader may see that patient; else the time alone.
#[utoipa::path(tag = "schedules", params(("id" = ResourceId, Path, description = "the resource"), Covered), responses(
    (status = 200, description = "the calendar", body = String, content_type = "text/calendar"),
))]
#[get("/schedules/{id}/calendar")]
pub async fn get_calendar(
    app: Data<App>,
    caller: Caller,
    id: Path<ResourceId>,
    covered: Query<Covered>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let from = covered.0.from.unwrap_or(now - Duration::days(30));
    let until = covered.0.until.unwrap_or(now + Duration::days(365));
    let calendar = scheduling::calendar_of(&app, &caller.0, *id, (from, until)).await?;
    Ok(HttpResponse::Ok().content_type("text/calendar; charset=utf-8").body(icalendar::write(&calendar, now)))
}
