//! Lets a disabled account sign in again.

use healthcare_domain::{
    account::{Account, AccountError},
    id::AccountId,
    text::Remark,
};

use super::{between, target};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::transact,
};

/// Enable an account.
#[derive(Debug, Clone)]
pub struct EnableAccount {
    /// Which.
    pub account: AccountId,
    /// Why.
    pub reason: Remark,
}

/// Enables an account. Its password and second factor are what they were; its sessions stay ended.
///
/// # Errors
/// When the caller may not, it is their own, it is enabled, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(account.id = %cmd.account))]
pub async fn enable_account(
    app: &App,
    call: &Call,
    cmd: EnableAccount,
) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let who = between(call, cmd.account);
    let decide = |account: &Account| account.enable(who, cmd.reason.clone());
    transact(app, &permit, call, target(app, cmd.account), decide).await
}
