//! `POST /auth/password`.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use healthcare_infrastructure::access::Access;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{Body, Caller, origin},
    problem::Problem,
};

/// The password there is and the one there is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The one there is.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// 15 to 256 characters; 8 to 256 beside a second factor. None that is common or made of a name.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    new_password: SecretString,
}

/// Chooses another password for one's own account. All other sessions of the account end.
#[utoipa::path(tag = "access", request_body = ChangePassword, responses(
    (status = 204, description = "changed"),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the password is wrong", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the new password is not taken", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many attempts", body = Problem, content_type = "application/problem+json", headers(("Retry-After" = u64))),
))]
#[post("/auth/password")]
pub async fn change_password(
    access: Data<Access>,
    caller: Caller,
    body: Body<ChangePassword>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ChangePassword { password, new_password } = body.0;
    access.change_password(&caller.0.actor, password, new_password, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
