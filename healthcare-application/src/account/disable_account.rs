//! Ends what an account may do.

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

/// Disable an account.
#[derive(Debug, Clone)]
pub struct DisableAccount {
    /// Which.
    pub account: AccountId,
    /// Why.
    pub reason: Remark,
}

/// Disables an account: nobody signs in with it, and who has, is signed out on every node within seconds.
///
/// # Errors
/// When the caller may not, it is their own, it is disabled, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(account.id = %cmd.account))]
pub async fn disable_account(
    app: &App,
    call: &Call,
    cmd: DisableAccount,
) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let who = between(call, cmd.account);
    let decide = |account: &Account| account.disable(who, cmd.reason.clone());
    transact(app, &permit, call, target(app, cmd.account), decide).await
}
