//! Describes the person behind an account anew.

use healthcare_domain::{
    account::{Account, AccountError, StaffProfile},
    id::AccountId,
};

use super::target;
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::transact,
};

/// Update the profile of an account.
#[derive(Debug, Clone)]
pub struct UpdateProfile {
    /// Which.
    pub account: AccountId,
    /// As from now on, whole.
    pub profile: StaffProfile,
}

/// Updates a profile.
///
/// # Errors
/// When the caller may not, the account is none of the staff's, a part is blank, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(account.id = %cmd.account))]
pub async fn update_profile(
    app: &App,
    call: &Call,
    cmd: UpdateProfile,
) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let decide = |account: &Account| account.change_profile(cmd.profile.clone());
    transact(app, &permit, call, target(app, cmd.account), decide).await
}
