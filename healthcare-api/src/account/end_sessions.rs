//! `DELETE /accounts/{id}/sessions`.

use actix_web::{
    HttpResponse, delete,
    web::{Data, Path},
};
use healthcare_application::{App, account};
use healthcare_domain::id::AccountId;

use crate::{http::Caller, problem::Problem};

/// Ends all sessions of an account: their tokens are refused on every node within seconds.
#[utoipa::path(tag = "accounts", params(("id" = uuid::Uuid, Path, description = "the account")), responses(
    (status = 204, description = "ended"),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/accounts/{id}/sessions")]
pub async fn end_account_sessions(
    app: Data<App>,
    caller: Caller,
    id: Path<AccountId>,
) -> Result<HttpResponse, Problem> {
    account::end_sessions(&app, &caller.0, account::EndSessions { account: *id, session: None }).await?;
    Ok(HttpResponse::NoContent().finish())
}
