//! `POST /auth/refresh`.

use actix_web::{
    HttpMessage, HttpRequest, post,
    web::{Data, Json},
};
use healthcare_infrastructure::access::{Access, RefreshError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::login::TokenPair;
use crate::{
    audit::known_by,
    http::{Body, Tried},
    problem::Problem,
};

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// As the sign-in or the last refresh answered it.
    refresh_token: String,
}

/// Exchanges a refresh token for a new pair. It works once; using it again ends the whole sign-in.
#[utoipa::path(tag = "access", request_body = Refresh, security(()), responses(
    (status = 200, description = "a new pair", body = TokenPair),
    (status = 401, description = "the token is not valid any more", body = Problem, content_type = "application/problem+json"),
))]
#[post("/auth/refresh")]
pub async fn refresh(
    access: Data<Access>,
    body: Body<Refresh>,
    request: HttpRequest,
) -> Result<Json<TokenPair>, Problem> {
    match access.refresh(&body.0.refresh_token).await {
        Ok(tokens) => {
            known_by(&request, &access, &tokens.access_token);
            Ok(Json(tokens.into()))
        }
        Err(RefreshError::Refused) => Err(Problem::unauthenticated()),
        Err(RefreshError::Ended(account, why)) => {
            request.extensions_mut().insert(Tried { account, why: Some(why) });
            Err(Problem::unauthenticated())
        }
        Err(RefreshError::Store(error)) => Err(error.into()),
    }
}
