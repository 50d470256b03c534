//! `POST /wards/{id}/close`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, ward};
use healthcare_domain::id::WardId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Closes a ward in which no beds stand.
#[utoipa::path(tag = "wards", request_body = Nothing, params(
    ("id" = WardId, Path, description = "the ward"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "closed", body = Changed, headers(("ETag" = String)))))]
#[post("/wards/{id}/close")]
pub async fn close_ward(app: Data<App>, id: Path<WardId>, command: Command<Nothing>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::close_ward(&app, &command.call, *id).await?))
}
