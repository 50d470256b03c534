//! Makes an account something else in the house.

use healthcare_domain::{
    account::{Account, AccountError, RoleName},
    id::AccountId,
    text::Remark,
};

use super::{between, target};
use crate::{
    App, CommandError,
    access::{Call, Permission, Role},
    store::Committed,
    transact::transact,
};

/// Change the role of an account.
#[derive(Debug, Clone)]
pub struct ChangeRole {
    /// Which.
    pub account: AccountId,
    /// What it is from now on.
    pub role: Role,
    /// Why.
    pub reason: Remark,
}

/// Changes a role. Who does it has shown their second factor within five minutes; who has the account signs in anew.
///
/// # Errors
/// When the caller may not, has not stepped up, it is their own account, it has the role, or the record cannot be
/// reached.
#[tracing::instrument(skip_all, fields(account.id = %cmd.account))]
pub async fn change_role(app: &App, call: &Call, cmd: ChangeRole) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    call.actor.stepped_up(app.clock.now())?;
    let (who, role) = (between(call, cmd.account), RoleName(cmd.role.as_str().into()));
    let decide = |account: &Account| account.change_role(who, role.clone(), cmd.reason.clone());
    transact(app, &permit, call, target(app, cmd.account), decide).await
}
