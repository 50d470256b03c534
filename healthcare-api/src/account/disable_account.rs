//! `POST /accounts/{id}/disable`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, account};
use healthcare_domain::id::AccountId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Disables an account: nobody signs in with it, and its sessions end on every node within seconds.
#[utoipa::path(tag = "accounts", params(("id" = uuid::Uuid, Path, description = "the account")), request_body = Because, responses(
    (status = 200, description = "disabled", body = Changed, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, or it is one's own account", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is disabled already", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
))]
#[post("/accounts/{id}/disable")]
pub async fn disable_account(
    app: Data<App>,
    id: Path<AccountId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = account::DisableAccount { account: *id, reason };
    Ok(Changed::done(account::disable_account(&app, &call, cmd).await?))
}
