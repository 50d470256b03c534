//! `POST /auth/step-up`.

use actix_web::{
    HttpRequest, post,
    web::{Data, Json},
};
use healthcare_infrastructure::access::{Access, SteppedUp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::{Body, Caller, origin},
    problem::Problem,
};

/// The code of the moment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// Six digits; a code works once.
    #[schema(value_type = String, example = "492039")]
    totp: SecretString,
}

/// An access token in place of the one before.
#[derive(Serialize, ToSchema)]
pub struct AccessToken {
    /// For the `Authorization: Bearer` header (EdDSA JWT).
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until it expires.
    #[schema(example = 900)]
    expires_in: i64,
}

/// Shows the second factor again, for what needs it shown within five minutes. The refresh token stays what it was.
#[utoipa::path(tag = "access", request_body = StepUp, responses(
    (status = 200, description = "stepped up", body = AccessToken),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the code is wrong or was used", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "there is no second factor", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many attempts", body = Problem, content_type = "application/problem+json", headers(("Retry-After" = u64))),
))]
#[post("/auth/step-up")]
pub async fn step_up(
    access: Data<Access>,
    caller: Caller,
    body: Body<StepUp>,
    request: HttpRequest,
) -> Result<Json<AccessToken>, Problem> {
    let stepped_up = access.step_up(&caller.0.actor, body.0.totp, &origin(&request)).await?;
    let SteppedUp { access_token, expires_in } = stepped_up;
    Ok(Json(AccessToken { access_token, token_type: "Bearer", expires_in }))
}
