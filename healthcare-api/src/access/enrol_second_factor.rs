//! `POST /auth/second-factor`.

use actix_web::{
    post,
    web::{Data, Json},
};
use healthcare_infrastructure::access::{Access, Enrolment};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::{Body, Caller},
    problem::Problem,
};

/// A second factor, told once.
#[derive(Serialize, ToSchema)]
pub struct SecondFactor {
    /// The shared secret in base32 (RFC 6238: SHA-1, six digits, 30 s).
    totp_secret: String,
    /// The same for authenticator apps, as a QR code for example.
    totp_url: String,
    /// Each works once in place of a code.
    recovery_codes: Vec<String>,
}

impl From<Enrolment> for SecondFactor {
    fn from(enrolment: Enrolment) -> Self {
        let Enrolment { secret, url, recovery_codes } = enrolment;
        Self { totp_secret: secret, totp_url: url, recovery_codes }
    }
}

/// One's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Enrols a second factor, for who has none and may choose to have one. It counts once a code was shown: at the next
/// sign-in, or at `POST /auth/step-up`.
#[utoipa::path(tag = "access", request_body = Confirmed, responses(
    (status = 200, description = "the second factor, told once", body = SecondFactor),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the password is wrong", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "there is one already", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many attempts", body = Problem, content_type = "application/problem+json", headers(("Retry-After" = u64))),
))]
#[post("/auth/second-factor")]
pub async fn enrol_second_factor(
    access: Data<Access>,
    caller: Caller,
    body: Body<Confirmed>,
) -> Result<Json<SecondFactor>, Problem> {
    Ok(Json(access.enrol_second_factor(&caller.0.actor, body.0.password).await?.into()))
}
