//! `POST /break-glass/{id}/close`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, break_glass};
use healthcare_domain::id::BreakGlassId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Gives the caller's own grant back before its time.
#[utoipa::path(tag = "break-glass", request_body = Nothing, params(
    ("id" = uuid::Uuid, Path, description = "the grant"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "it is somebody else's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such grant", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is over", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/break-glass/{id}/close")]
pub async fn close_glass(
    app: Data<App>,
    id: Path<BreakGlassId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Nothing {} } = command;
    Ok(Changed::done(break_glass::close_glass(&app, &call, break_glass::CloseGlass { grant: *id }).await?))
}
