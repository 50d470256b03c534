//! `/auth/calendar-feeds`: the addresses by which a calendar program reads when their owner is booked.

use actix_web::{
    HttpRequest, HttpResponse, delete, get,
    http::StatusCode,
    post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Duration, Utc};
use healthcare_application::{App, CommandError, scheduling};
use healthcare_domain::id::ResourceId;
use healthcare_infrastructure::access::{Access, CalendarFeedError, CalendarFeedView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    http::{Body, Caller, origin},
    problem::Problem,
};

/// For how many days an address works if nothing is said.
const VALID_DAYS: i64 = 365;

/// Which calendar is to be read, and for how long.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCalendarFeed {
    /// The practitioner that can be booked whose account is one's own.
    schedule: ResourceId,
    /// In days; 365 if absent.
    #[validate(range(min = 1, max = 400))]
    #[schema(minimum = 1, maximum = 400, example = 365)]
    valid_days: Option<i64>,
}

/// An address, to be shown once.
#[derive(Serialize, ToSchema)]
pub struct NewCalendarFeed {
    /// Which, to close it.
    id: Uuid,
    /// The address below that of this interface. Whoever knows it reads; it is kept nowhere.
    #[schema(example = "/api/v1/calendars/hcf_Zk3x.ics")]
    path: String,
    /// Until when it works.
    expires_at: DateTime<Utc>,
}

/// Open addresses of one account.
#[derive(Serialize, ToSchema)]
pub struct CalendarFeeds {
    /// At most ten, the newest first.
    pub items: Vec<CalendarFeedView>,
}

impl From<CalendarFeedError> for Problem {
    fn from(error: CalendarFeedError) -> Self {
        match error {
            CalendarFeedError::Refused(refused) => CommandError::Refused(refused).into(),
            CalendarFeedError::Store(error) => error.into(),
        }
    }
}

/// Opens an address by which one's own calendar program reads when one is booked, without signing in: times and types of
/// appointments, and no patient. It is replaced by opening another one and closing this.
#[utoipa::path(tag = "access", request_body = OpenCalendarFeed, responses(
    (status = 201, description = "the address, shown once", body = NewCalendarFeed),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, or it is not one's own calendar", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is nobody such to be booked", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "ten are open", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
))]
#[post("/auth/calendar-feeds")]
pub async fn open_calendar_feed(
    app: Data<App>,
    access: Data<Access>,
    caller: Caller,
    body: Body<OpenCalendarFeed>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    body.0.validate().map_err(|e| Problem::invalid(&e))?;
    let OpenCalendarFeed { schedule, valid_days } = body.0;
    let actor = &caller.0.actor;
    if !actor.is_person() || !scheduling::is_ones_own(&app, &caller.0, schedule).await? {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "/problems/access/not-ones-own-calendar",
            "It is not your own calendar",
        )
        .detail("An address shows the calendar of the practitioner whose account opens it."));
    }
    let expires_at = app.clock.now() + Duration::days(valid_days.unwrap_or(VALID_DAYS));
    let opened = access.open_calendar_feed(actor, (schedule, expires_at), &origin(&request)).await?;
    let path = format!("/api/v1/calendars/{}.ics", opened.token);
    Ok(HttpResponse::Created().json(NewCalendarFeed { id: opened.id, path, expires_at: opened.expires_at }))
}

/// One's own open addresses for calendar programs, without their secrets.
#[utoipa::path(tag = "access", responses(
    (status = 200, description = "the open addresses", body = CalendarFeeds),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/auth/calendar-feeds")]
pub async fn list_calendar_feeds(access: Data<Access>, caller: Caller) -> Result<Json<CalendarFeeds>, Problem> {
    Ok(Json(CalendarFeeds { items: access.calendar_feeds(caller.0.actor.account).await? }))
}

/// Closes one of one's own addresses for calendar programs: it answers as one that never was.
#[utoipa::path(tag = "access", params(("id" = Uuid, Path, description = "the address")), responses(
    (status = 204, description = "closed"),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such open address of one's own", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/auth/calendar-feeds/{id}")]
pub async fn close_calendar_feed(
    access: Data<Access>,
    caller: Caller,
    id: Path<Uuid>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    access.close_calendar_feed(&caller.0.actor, *id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
