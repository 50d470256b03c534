//! `DELETE /accounts/{id}/sessions/{session}`.

use actix_web::{
    HttpResponse, delete,
    web::{Data, Path},
};
use healthcare_application::{App, account};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::access::Access;
use uuid::Uuid;

use crate::{http::Caller, problem::Problem};

/// Ends one session of an account: its tokens are refused on every node within seconds.
#[utoipa::path(tag = "accounts", params(
    ("id" = uuid::Uuid, Path, description = "the account"),
    ("session" = uuid::Uuid, Path, description = "the session"),
), responses(
    (status = 204, description = "ended"),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "the account has no such open session", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/accounts/{id}/sessions/{session}")]
pub async fn end_account_session(
    app: Data<App>,
    access: Data<Access>,
    caller: Caller,
    path: Path<(AccountId, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (account, session) = path.into_inner();
    account::get_account(&app, &caller.0, account).await?;
    if access.sessions(account).await?.iter().all(|open| open.id != session) {
        return Err(Problem::not_found());
    }
    account::end_sessions(&app, &caller.0, account::EndSessions { account, session: Some(session) }).await?;
    Ok(HttpResponse::NoContent().finish())
}
