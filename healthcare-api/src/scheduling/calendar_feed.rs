//! `GET /calendars/{token}`.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::Duration;
use healthcare_application::{App, QueryError, scheduling};
use healthcare_infrastructure::access::Access;

use super::icalendar;
use crate::{http::plain, problem::Problem, surface::Rates};

/// When somebody is booked, as iCalendar (RFC 5545), for a calendar program that knows their address
/// (`POST /auth/calendar-feeds`): from 30 days ago for 395 days, up to 5,000 entries, times and types of appointments, and
/// no patient. An address that was closed, has expired, never was, or whose owner may read schedules no more, is not found.
#[utoipa::path(tag = "schedules", security(()), params(
    ("token" = String, Path, description = "what the address ends in, with or without `.ics`"),
), responses(
    (status = 200, description = "the calendar", body = String, content_type = "text/calendar"),
    (status = 404, description = "there is no such address, or no more", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many requests", body = Problem, content_type = "application/problem+json", headers(("Retry-After" = u64))),
))]
#[get("/calendars/{token}")]
pub async fn read_calendar_feed(
    app: Data<App>,
    access: Data<Access>,
    rates: Data<Rates>,
    token: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let token = token.strip_suffix(".ics").unwrap_or(&token);
    let (actor, resource) = access.follow_calendar_feed(token).await?.ok_or_else(Problem::not_found)?;
    rates.by_account(actor.account, &mut request.extensions_mut())?;
    let now = app.clock.now();
    let span = (now - Duration::days(30), now + Duration::days(365));
    match scheduling::busy_times_of(&app, &plain(&request, actor), resource, span).await {
        Ok(calendar) => {
            Ok(HttpResponse::Ok().content_type("text/calendar; charset=utf-8").body(icalendar::write(&calendar, now)))
        }
        // Whose address it was is told to nobody.
        Err(QueryError::Denied(_) | QueryError::NotFound) => Err(Problem::not_found()),
        Err(other) => Err(other.into()),
    }
}
