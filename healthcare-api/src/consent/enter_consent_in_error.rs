//! `POST /consents/{id}/entered-in-error`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, consent};
use healthcare_domain::id::ConsentId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Strikes out a consent that never was. It is then in no list.
#[utoipa::path(tag = "consents", request_body = Because, params(
    ("id" = ConsentId, Path, description = "the consent"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such consent", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is struck out already", body = Problem, content_type = "application/problem+json"),
))]
#[post("/consents/{id}/entered-in-error")]
pub async fn enter_consent_in_error(
    app: Data<App>,
    id: Path<ConsentId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = consent::EnterConsentInError { consent: *id, reason };
    Ok(Changed::done(consent::enter_consent_in_error(&app, &call, cmd).await?))
}
