//! `PATCH /accounts/{id}`.

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};
use healthcare_application::{App, account};
use healthcare_domain::{account::StaffProfile, id::AccountId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::profile::bounded;
use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// What is to be changed of an account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateAccount {
    /// The person behind it, whole, as from now on.
    #[validate(custom(function = bounded))]
    profile: StaffProfile,
}

/// Describes the person behind an account anew. Other wards or teams open other records: who changes them has shown their
/// second factor within five minutes, and changes nobody's own.
#[utoipa::path(tag = "accounts", params(
    ("id" = uuid::Uuid, Path, description = "the account"),
    ("If-Match" = String, Header, description = "the ETag of the version that is to be changed"),
), request_body = UpdateAccount, responses(
    (status = 200, description = "changed", body = Changed, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, step up first, or these are one's own wards or teams", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "it was changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/accounts/{id}")]
pub async fn update_account(
    app: Data<App>,
    id: Path<AccountId>,
    command: Command<UpdateAccount>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: UpdateAccount { profile } } = command;
    let cmd = account::UpdateProfile { account: *id, profile };
    Ok(Changed::done(account::update_profile(&app, &call, cmd).await?))
}
