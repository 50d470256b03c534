//! `POST /waitlist/{id}/leave`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling};
use healthcare_domain::id::WaitlistEntryId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Waits no longer.
#[utoipa::path(tag = "waitlist", request_body = Nothing, params(
    ("id" = WaitlistEntryId, Path, description = "the waitlist entry"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/waitlist/{id}/leave")]
pub async fn leave_waitlist(
    app: Data<App>,
    id: Path<WaitlistEntryId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(scheduling::leave_waitlist(&app, &command.call, *id).await?))
}
