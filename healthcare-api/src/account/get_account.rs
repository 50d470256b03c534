//! `GET /accounts/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, account};
use healthcare_domain::id::AccountId;

use crate::{
    http::{Caller, Entity},
    problem::Problem,
};

/// An account as it stands.
#[utoipa::path(tag = "accounts", params(("id" = uuid::Uuid, Path, description = "the account")), responses(
    (status = 200, description = "the account: `username`, `role`, `status` (invited, active, disabled), `profile`, `second_factor`", body = Object, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{id}")]
pub async fn get_account(app: Data<App>, caller: Caller, id: Path<AccountId>) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(account::get_account(&app, &caller.0, *id).await?))
}
