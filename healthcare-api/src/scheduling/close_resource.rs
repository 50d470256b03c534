//! `POST /schedules/{id}/closures` and `.../closures/{number}/remove`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, scheduling};
use healthcare_domain::{
    id::ResourceId,
    scheduling::resource::{Closure, ClosureReason},
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// A time in which a resource is not there.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseResource {
    /// From when.
    from: DateTime<Utc>,
    /// Until when.
    until: DateTime<Utc>,
    /// Why.
    reason: ClosureReason,
    /// In your words.
    note: Option<Remark>,
}

/// Closes a resource for a while: leave, illness, repair. What is booked then stays booked until somebody moves it. The
/// closures go by number, the first is 1.
#[utoipa::path(tag = "schedules", request_body(content = CloseResource, example = json!({
    "from": "2027-08-02T00:00:00+01:00", "until": "2027-08-14T00:00:00+01:00", "reason": "leave"
})), params(("id" = ResourceId, Path, description = "the resource"), ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"), ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters")), responses(
    (status = 200, description = "closed", body = Changed, headers(("ETag" = String))),
))]
#[post("/schedules/{id}/closures")]
pub async fn close_resource(
    app: Data<App>,
    id: Path<ResourceId>,
    command: Command<CloseResource>,
) -> Result<HttpResponse, Problem> {
    let CloseResource { from, until, reason, note } = command.body;
    let closure = (Closure { from, until, reason }, note);
    Ok(Changed::done(scheduling::close_resource(&app, &command.call, *id, closure).await?))
}

/// Lifts a closure.
#[utoipa::path(tag = "schedules", request_body = Nothing, params(
    ("id" = ResourceId, Path, description = "the resource"),
    ("number" = u32, Path, description = "the closure"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "open again", body = Changed, headers(("ETag" = String)))))]
#[post("/schedules/{id}/closures/{number}/remove")]
pub async fn reopen_resource(
    app: Data<App>,
    path: Path<(ResourceId, u32)>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = path.into_inner();
    Ok(Changed::done(scheduling::reopen_resource(&app, &command.call, id, number).await?))
}
