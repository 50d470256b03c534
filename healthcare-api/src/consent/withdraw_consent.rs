//! `POST /consents/{id}/withdraw`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, consent};
use healthcare_domain::{id::ConsentId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Why a consent is taken back, and since when.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawConsent {
    /// Why, or how it was told.
    reason: Remark,
    /// Since when it does not hold; now if absent.
    at: Option<DateTime<Utc>>,
}

/// Takes a consent back: it is kept, and does not hold any more.
#[utoipa::path(tag = "consents", request_body = WithdrawConsent, params(
    ("id" = ConsentId, Path, description = "the consent"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "withdrawn", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such consent", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it does not hold", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the time cannot be", body = Problem, content_type = "application/problem+json"),
))]
#[post("/consents/{id}/withdraw")]
pub async fn withdraw_consent(
    app: Data<App>,
    id: Path<ConsentId>,
    command: Command<WithdrawConsent>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: WithdrawConsent { reason, at } } = command;
    let cmd = consent::WithdrawConsent { consent: *id, at, reason };
    Ok(Changed::done(consent::withdraw_consent(&app, &call, cmd).await?))
}
