//! `GET /auth/oidc/callback`.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, web::Data};
use healthcare_infrastructure::access::{
    Access,
    oidc::{Answer, SingleSignOn, SsoError},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{COOKIE, configured, cookie};
use crate::{
    access::login::TokenPair,
    audit::known_by,
    http::{Query, Tried, origin},
    problem::Problem,
};

/// What the issuer sends along. It may send more than is used here.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Returned {
    /// Which sign-in it is about.
    state: String,
    /// To be exchanged for the issuer's tokens, once.
    code: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// Takes the issuer's answer and signs the person in. It works once, and only in the browser that began.
#[utoipa::path(tag = "access", params(
    Returned,
    ("more" = Option<HashMap<String, String>>, Query, style = Form, explode, description = "whatever else the issuer sends along; it is passed over"),
), security(()), responses(
    (status = 200, description = "signed in", body = TokenPair),
    (status = 400, description = "a parameter is missing", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "it is not the answer to a sign-in that this browser began", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the person has no account that may sign in, or showed no second factor where the role needs one", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no single sign-on here", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "the issuer does not answer", body = Problem, content_type = "application/problem+json"),
))]
#[get("/auth/oidc/callback")]
pub async fn callback(
    sso: Data<Option<SingleSignOn>>,
    access: Data<Access>,
    returned: Query<Returned>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let sso = configured(&sso)?;
    let Returned { state, code, iss, error } = returned.0;
    let browser = request.cookie(COOKIE);
    let tokens = sso
        .finish(Answer { state, code, iss, error }, browser.as_ref().map(|cookie| cookie.value()), &origin(&request))
        .await
        .inspect_err(|error| {
            if let SsoError::SecondFactorNeeded(account) = error {
                request.extensions_mut().insert(Tried { account: *account, why: None });
            }
        })?;
    known_by(&request, &access, &tokens.access_token);
    Ok(HttpResponse::Ok().cookie(cookie(sso, String::new(), 0)).json(TokenPair::from(tokens)))
}
