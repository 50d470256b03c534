//! `GET /auth/oidc/start`.

use actix_web::{HttpResponse, get, http::header, web::Data};
use healthcare_infrastructure::access::oidc::SingleSignOn;

use super::{configured, cookie};
use crate::problem::Problem;

/// Sends a browser to the issuer of single sign-on.
#[utoipa::path(tag = "access", security(()), responses(
    (status = 303, description = "to the issuer", headers(("Location" = String), ("Set-Cookie" = String))),
    (status = 404, description = "there is no single sign-on here", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "the issuer does not answer", body = Problem, content_type = "application/problem+json"),
))]
#[get("/auth/oidc/start")]
pub async fn start(sso: Data<Option<SingleSignOn>>) -> Result<HttpResponse, Problem> {
    let sso = configured(&sso)?;
    let begun = sso.begin().await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, begun.location))
        .cookie(cookie(sso, begun.browser, begun.expires_in))
        .finish())
}
