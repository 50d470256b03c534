//! `POST /accounts/{id}/second-factor/remove`.

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

/// Takes the second factor away from who has lost it. A new activation link tells another one; the sessions end.
#[utoipa::path(tag = "accounts", params(("id" = uuid::Uuid, Path, description = "the account")), request_body = Because, responses(
    (status = 200, description = "removed", body = Changed, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, step up first, or it is one's own account", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it has none", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
))]
#[post("/accounts/{id}/second-factor/remove")]
pub async fn remove_second_factor(
    app: Data<App>,
    id: Path<AccountId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = account::RemoveSecondFactor { account: *id, reason };
    Ok(Changed::done(account::remove_second_factor(&app, &call, cmd).await?))
}
