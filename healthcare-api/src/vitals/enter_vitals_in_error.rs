//! `POST /vitals/{id}/entered-in-error`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, vitals};
use healthcare_domain::id::VitalsId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Strikes out a set of vital signs. It no longer counts in any score.
#[utoipa::path(tag = "vitals", request_body = Because, params(
    ("id" = VitalsId, Path, description = "the set"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such set", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is struck out already", body = Problem, content_type = "application/problem+json"),
))]
#[post("/vitals/{id}/entered-in-error")]
pub async fn enter_vitals_in_error(
    app: Data<App>,
    id: Path<VitalsId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = vitals::EnterVitalsInError { vitals: *id, reason };
    let committed = vitals::enter_vitals_in_error(&app, &call, cmd).await?;
    Ok(Changed::done(committed))
}
