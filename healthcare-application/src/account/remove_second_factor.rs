//! Takes the second factor away from who has lost it.

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

/// Remove the second factor of an account.
#[derive(Debug, Clone)]
pub struct RemoveSecondFactor {
    /// Which.
    pub account: AccountId,
    /// Why: how the manager made sure who asks.
    pub reason: Remark,
}

/// Removes it. Its owner enrols another one by a new activation link. Who does it has stepped up.
///
/// # Errors
/// When the caller may not, has not stepped up, it is their own account, it has none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(account.id = %cmd.account))]
pub async fn remove_second_factor(
    app: &App,
    call: &Call,
    cmd: RemoveSecondFactor,
) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    call.actor.stepped_up(app.clock.now())?;
    let who = between(call, cmd.account);
    let decide = |account: &Account| account.remove_second_factor(who, cmd.reason.clone());
    transact(app, &permit, call, target(app, cmd.account), decide).await
}
