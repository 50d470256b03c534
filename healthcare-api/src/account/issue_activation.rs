//! `POST /accounts/{id}/activation`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, Permission, store::Meta};
use healthcare_domain::{account::AccountError, id::AccountId};
use healthcare_infrastructure::access::{Access, LinkError};

use super::create_account::Activation;
use crate::{
    http::{Command, Nothing},
    problem::Problem,
};

/// A new one-time link to choose a password by, for who has lost the first one or forgotten the password.
///
/// Who makes it out has shown their second factor within five minutes. Links made out before are void. It is no way around
/// the second factor: who has one still has to show it. Of a link for a patient's account the privacy officers are told.
#[utoipa::path(tag = "accounts", params(("id" = uuid::Uuid, Path, description = "the account")), request_body = Option<Nothing>, responses(
    (status = 201, description = "a link, told once", body = Activation),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, step up first, or it is one's own account", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the account is disabled", body = Problem, content_type = "application/problem+json"),
))]
#[post("/accounts/{id}/activation")]
pub async fn issue_activation(
    app: Data<App>,
    access: Data<Access>,
    id: Path<AccountId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = command.call;
    app.authorise(&call, Permission::ManageAccounts, None).await?;
    if call.actor.account == *id {
        return Err(LinkError::Refused(AccountError::SelfGrant).into());
    }
    // Who lets somebody choose the password of an account could become whoever has it, if only a patient.
    call.actor.stepped_up(app.clock.now()).map_err(|_| Problem::step_up_required())?;
    let link = access.activation_link(*id, Meta::of(&call)).await?;
    Ok(HttpResponse::Created().json(Activation::from(link)))
}
