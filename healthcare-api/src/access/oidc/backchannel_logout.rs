//! `POST /auth/oidc/backchannel-logout`.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, http::StatusCode, post, web::Data};
use healthcare_infrastructure::access::oidc::{SingleSignOn, SsoError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::configured;
use crate::{
    audit::done_at_door,
    http::{FormBody, Recorded},
    problem::Problem,
};

/// The kind of problem that a logout which is none, or cannot be done, is answered with.
pub const LOGOUT_REFUSED: &str = "/problems/access/logout-refused";

/// What the issuer sends. As the specification says, whatever else it sends is passed over.
#[derive(Deserialize, ToSchema)]
pub struct LogoutForm {
    /// Whose session has ended, signed by the issuer (OpenID Connect Back-Channel Logout 1.0, 2.4).
    #[schema(value_type = String)]
    logout_token: Option<String>,
}

/// The issuer of single sign-on tells that a session has ended there. What was begun from it here ends within seconds, on
/// every node and on open connections; where nothing is open any more, that is well too.
#[utoipa::path(tag = "access", operation_id = "backchannel_logout", request_body(content(
    (LogoutForm = "application/x-www-form-urlencoded"),
)), security(()), responses(
    (status = 200, description = "it has ended here"),
    (status = 400, description = "it is no logout of the issuer's, or was taken before", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no single sign-on here", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "the issuer's keys cannot be had now, or the end cannot be recorded: it is to be told again", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/auth/oidc/backchannel-logout")]
pub async fn backchannel_logout(
    sso: Data<Option<SingleSignOn>>,
    request: HttpRequest,
    body: FormBody<LogoutForm>,
) -> Result<HttpResponse, Problem> {
    let sso = configured(&sso)?;
    let token = body.0.logout_token.ok_or_else(|| refused("no logout token was sent"))?;
    let recording = |actor, at| done_at_door(&request, actor, at);
    let ended = sso.log_out(&token, recording).await.map_err(|why| match why {
        SsoError::Refused(why) => refused(why),
        other => other.into(),
    })?;
    if ended > 0 {
        request.extensions_mut().insert(Recorded);
    }
    Ok(HttpResponse::Ok().finish())
}

/// Why is for the log: who asks is told that it was not done, as the specification has it.
fn refused(why: &str) -> Problem {
    tracing::warn!(why, "a logout of the issuer's was refused");
    Problem::new(StatusCode::BAD_REQUEST, LOGOUT_REFUSED, "Nothing was ended")
        .with(serde_json::json!({ "error": "invalid_request" }))
}
