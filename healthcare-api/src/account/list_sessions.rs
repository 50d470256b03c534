//! `GET /accounts/{id}/sessions`.

use actix_web::{
    get,
    web::{Data, Json, Path},
};
use healthcare_application::{App, account};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::access::Access;

use crate::{access::Sessions, http::Caller, problem::Problem};

/// The open sessions of an account.
#[utoipa::path(tag = "accounts", params(("id" = uuid::Uuid, Path, description = "the account")), responses(
    (status = 200, description = "the open sessions", body = Sessions),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{id}/sessions")]
pub async fn list_account_sessions(
    app: Data<App>,
    access: Data<Access>,
    caller: Caller,
    id: Path<AccountId>,
) -> Result<Json<Sessions>, Problem> {
    account::get_account(&app, &caller.0, *id).await?;
    Ok(Json(Sessions { items: access.sessions(*id).await?, current: None }))
}
