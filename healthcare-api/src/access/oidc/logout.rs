//! `GET /auth/oidc/logout`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_infrastructure::access::oidc::SingleSignOn;
use serde::Serialize;
use utoipa::ToSchema;

use super::configured;
use crate::{http::Caller, problem::Problem};

/// Where to go.
#[derive(Serialize, ToSchema)]
pub struct Logout {
    /// The issuer's page that ends the session there; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://login.example.org/session/end?client_id=healthcare")]
    location: Option<String>,
}

/// Where a person ends their session at the issuer too. The session here is ended by itself.
#[utoipa::path(tag = "access", operation_id = "logout_at_issuer", responses(
    (status = 200, description = "where to go", body = Logout),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no single sign-on here", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "the issuer does not answer", body = Problem, content_type = "application/problem+json"),
))]
#[get("/auth/oidc/logout")]
pub async fn logout(_: Caller, sso: Data<Option<SingleSignOn>>) -> Result<HttpResponse, Problem> {
    let location = configured(&sso)?.logout_url().await?;
    Ok(HttpResponse::Ok().json(Logout { location }))
}
