//! `POST /auth/activate`.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use healthcare_infrastructure::access::{Access, ActivationError};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SecondFactor, password_problem};
use crate::{
    http::{Body, origin},
    problem::Problem,
};

/// An activation token and the password its bearer chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// From the one-time link.
    token: String,
    /// 15 to 256 characters; 8 to 256 beside a second factor. None that is common or made of a name.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    password: SecretString,
}

/// Chooses the password of one's own account, once, by a one-time link.
///
/// Where the role needs a second factor and none was ever shown, the answer tells one: it is shown at the next sign-in.
/// A link in place of a forgotten password does not touch the second factor there is.
#[utoipa::path(tag = "access", request_body = Activate, security(()), responses(
    (status = 200, description = "the account can sign in, with the second factor that is told here once", body = SecondFactor),
    (status = 204, description = "the account can sign in"),
    (status = 401, description = "the link is not valid any more", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the password is not taken", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many at once", body = Problem, content_type = "application/problem+json", headers(("Retry-After" = u64))),
))]
#[post("/auth/activate")]
pub async fn activate(
    access: Data<Access>,
    body: Body<Activate>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Activate { token, password } = body.0;
    match access.activate_from(&token, password, &origin(&request)).await {
        Ok(None) => Ok(HttpResponse::NoContent().finish()),
        Ok(Some(enrolment)) => Ok(HttpResponse::Ok().json(SecondFactor::from(enrolment))),
        Err(ActivationError::Refused) => Err(Problem::unauthenticated()),
        Err(ActivationError::Password(error)) => Err(password_problem("/password", error)),
        Err(ActivationError::Store(error)) => Err(error.into()),
    }
}
