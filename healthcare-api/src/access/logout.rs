//! `POST /auth/logout`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_infrastructure::access::Access;

use crate::{http::Caller, problem::Problem};

/// Ends the session of the bearer token: its tokens are refused on every node within seconds.
#[utoipa::path(tag = "access", responses(
    (status = 204, description = "signed out"),
    (status = 401, description = "nobody was signed in", body = Problem, content_type = "application/problem+json"),
))]
#[post("/auth/logout")]
pub async fn logout(access: Data<Access>, caller: Caller) -> Result<HttpResponse, Problem> {
    let actor = &caller.0.actor;
    if let Some(session) = actor.session {
        access.end_sessions(actor.account, Some(session), "logout").await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
