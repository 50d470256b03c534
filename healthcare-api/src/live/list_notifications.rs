//! `GET /notifications`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, live,
    live::{Notification, NotificationFilter, NotificationPriority},
    order::{ByTime, Direction},
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    http::{Caller, Query, limit, listed},
    problem::Problem,
};

/// Which notifications; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// That tell of this event, as a CloudEvents type, e.g. `alert.raised`.
    #[param(max_length = 100)]
    #[serde(rename = "type")]
    kind: Option<String>,
    /// That are so pressing.
    #[param(inline)]
    priority: Option<NotificationPriority>,
    /// About this patient.
    #[param(value_type = Option<uuid::Uuid>)]
    patient: Option<PatientId>,
    /// Told from this time on (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Told before this time (RFC 3339).
    to: Option<DateTime<Utc>>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before: the position to go on behind.
    cursor: Option<i64>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of notifications.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the answer, which is written from rows")]
pub struct Notifications {
    /// The notifications, in the order that was asked for.
    items: Vec<Notification>,
    /// Where the next page begins; absent on the last.
    next_cursor: Option<String>,
}

/// What the caller was told, the newest first if not asked otherwise.
#[utoipa::path(tag = "live", params(Wanted), responses(
    (status = 200, description = "a page of notifications", body = Notifications),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/notifications")]
pub async fn list_notifications(
    app: Data<App>,
    caller: Caller,
    wanted: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Wanted { kind, priority, patient, from, to, sort, cursor, limit: asked } = wanted.0;
    let filter = NotificationFilter { kind, priority, patient, from, to };
    let behind = (cursor, Direction::asked(sort, ByTime::Newest));
    let page = live::list_notifications(&app, &caller.0, &filter, behind, limit(asked)?).await?;
    Ok(listed(&request, page))
}
