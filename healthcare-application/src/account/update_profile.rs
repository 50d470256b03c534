//! Describes the person behind an account anew.

use healthcare_domain::{
    account::{Account, AccountError, StaffProfile},
    id::AccountId,
};

use super::{between, target};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::transact_from,
};

/// Update the profile of an account.
#[derive(Debug, Clone)]
pub struct UpdateProfile {
    /// Which.
    pub account: AccountId,
    /// As from now on, whole.
    pub profile: StaffProfile,
}

/// Updates a profile. Who puts somebody on other wards or into other teams, which opens records to them, has shown their
/// second factor within five minutes, and it is not themselves.
///
/// # Errors
/// When the caller may not, has not stepped up, would place themselves, the account is none of the staff's, a part is blank, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(account.id = %cmd.account))]
pub async fn update_profile(
    app: &App,
    call: &Call,
    cmd: UpdateProfile,
) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let account = app.load::<Account>(cmd.account).await?.open(&permit).await?;
    if account.state.is_placed_otherwise(&cmd.profile) {
        call.actor.stepped_up(app.clock.now())?;
    }
    let who = between(call, cmd.account);
    let decide = |account: &Account| account.change_profile(who, cmd.profile.clone());
    transact_from(app, &permit, call, target(app, cmd.account), account, decide).await
}
