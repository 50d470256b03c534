//! `POST /accounts/{id}/role`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, Role, account};
use healthcare_domain::{id::AccountId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Another role.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRole {
    /// What the account is from now on.
    role: Role,
    /// In the words of whoever does it.
    reason: Remark,
}

/// Makes an account of the staff something else in the house. Its sessions end; its owner signs in anew.
///
/// Whoever does it has shown their second factor within five minutes.
#[utoipa::path(tag = "accounts", params(("id" = uuid::Uuid, Path, description = "the account")), request_body = ChangeRole, responses(
    (status = 200, description = "changed", body = Changed, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, step up first, or it is one's own account", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it has this role already", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds, or the role belongs to a patient or a device", body = Problem, content_type = "application/problem+json"),
))]
#[post("/accounts/{id}/role")]
pub async fn change_role(
    app: Data<App>,
    id: Path<AccountId>,
    command: Command<ChangeRole>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: ChangeRole { role, reason } } = command;
    let cmd = account::ChangeRole { account: *id, role, reason };
    Ok(Changed::done(account::change_role(&app, &call, cmd).await?))
}
