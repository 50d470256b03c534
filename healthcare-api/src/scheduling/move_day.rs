//! `POST /schedules/{id}/move-day`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, scheduling};
use healthcare_domain::{id::ResourceId, scheduling::resource::ClosureReason, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// A resource that closes early.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveDay {
    /// From when it is closed.
    after: DateTime<Utc>,
    /// Until when it is closed: the end of its day.
    until: DateTime<Utc>,
    /// Within how many days after that another slot is looked for; 14 if absent.
    #[serde(default = "fortnight")]
    #[validate(range(min = 1, max = 62))]
    #[schema(minimum = 1, maximum = 62)]
    within_days: u16,
    /// Why.
    reason: ClosureReason,
    /// In your words.
    note: Option<Remark>,
}

const fn fortnight() -> u16 {
    14
}

/// Closes a resource early and moves each appointment that begins then, or runs into it, to the next free slot, each all
/// or nothing. The answer says of each where it went, or why it could not be moved; nothing is lost. A time that is only
/// held is named, too: it cannot be confirmed any more.
#[utoipa::path(tag = "schedules", request_body(content = MoveDay, example = json!({
    "after": "2027-01-04T13:00:00+00:00", "until": "2027-01-04T18:00:00+00:00", "reason": "illness"
})), params(("id" = ResourceId, Path, description = "the resource"), ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"), ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters")), responses(
    (status = 200, description = "closed, and what became of each appointment", body = Changed, headers(("ETag" = String))),
))]
#[post("/schedules/{id}/move-day")]
pub async fn move_day(
    app: Data<App>,
    id: Path<ResourceId>,
    command: Command<MoveDay>,
) -> Result<HttpResponse, Problem> {
    let MoveDay { after, until, within_days, reason, note } = command.body;
    let cmd = scheduling::MoveDay { resource: *id, after, until, within_days, reason, note };
    Ok(Changed::done(scheduling::move_day(&app, &command.call, cmd).await?))
}
