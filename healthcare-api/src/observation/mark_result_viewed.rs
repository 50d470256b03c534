//! `POST /observations/{id}/viewed`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, observation};
use healthcare_domain::id::ObservationId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Takes note of a result. A second time changes nothing.
#[utoipa::path(tag = "results", request_body = Nothing, params(
    ("id" = ObservationId, Path, description = "the result"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such result", body = Problem, content_type = "application/problem+json"),
))]
#[post("/observations/{id}/viewed")]
pub async fn mark_result_viewed(
    app: Data<App>,
    id: Path<ObservationId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Nothing {} } = command;
    let cmd = observation::MarkResultViewed { observation: *id };
    let committed = observation::mark_result_viewed(&app, &call, cmd).await?;
    Ok(Changed::done(committed))
}
