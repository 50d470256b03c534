//! `POST /auth/activate`.

use actix_web::{HttpResponse, http::StatusCode, post, web::Data};
use healthcare_infrastructure::access::{Access, ActivationError};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{http::Body, problem::Problem};

/// An activation token and the password its bearer chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// From the one-time link.
    token: String,
    /// 15 to 256 characters.
    #[schema(value_type = String, format = Password, min_length = 15, max_length = 256)]
    password: SecretString,
}

/// Chooses the password of one's own account, once, by a one-time link.
#[utoipa::path(tag = "access", request_body = Activate, security(()), responses(
    (status = 204, description = "the account can sign in"),
    (status = 401, description = "the link is not valid any more", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the password is not taken", body = Problem, content_type = "application/problem+json"),
))]
#[post("/auth/activate")]
pub async fn activate(access: Data<Access>, body: Body<Activate>) -> Result<HttpResponse, Problem> {
    let Activate { token, password } = body.0;
    match access.activate(&token, password).await {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(ActivationError::Refused) => Err(Problem::unauthenticated()),
        Err(ActivationError::Password(error)) => {
            let unfit = StatusCode::UNPROCESSABLE_ENTITY;
            Err(Problem::new(unfit, "/problems/access/password", "The password is not taken")
                .at("/password", error.to_string()))
        }
        Err(ActivationError::Store(error)) => Err(error.into()),
    }
}
