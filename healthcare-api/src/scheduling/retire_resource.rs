//! `POST /schedules/{id}/retire`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling};
use healthcare_domain::id::ResourceId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Offers a resource no longer. What is booked stays booked.
#[utoipa::path(tag = "schedules", request_body = Nothing, params(
    ("id" = ResourceId, Path, description = "the resource"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/schedules/{id}/retire")]
pub async fn retire_resource(
    app: Data<App>,
    id: Path<ResourceId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(scheduling::retire_resource(&app, &command.call, *id).await?))
}
