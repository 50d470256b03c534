//! `POST /waitlist/{id}/accept`.

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

/// Takes what is offered: it is booked, unless its time closed since.
#[utoipa::path(tag = "waitlist", request_body = Nothing, params(
    ("id" = WaitlistEntryId, Path, description = "the waitlist entry"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/waitlist/{id}/accept")]
pub async fn accept_offer(
    app: Data<App>,
    id: Path<WaitlistEntryId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(scheduling::accept_offer(&app, &command.call, *id).await?))
}
