//! Ends sessions of an account.

use healthcare_domain::{
    account::{Account, AccountError},
    id::AccountId,
};
use uuid::Uuid;

use super::target;
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::transact,
};

/// End one session of an account, or all.
#[derive(Debug, Clone)]
pub struct EndSessions {
    /// Whose.
    pub account: AccountId,
    /// Which; all if absent.
    pub session: Option<Uuid>,
}

/// Ends sessions: their tokens are refused on every node within seconds.
///
/// # Errors
/// When the caller may not, there is no such account, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(account.id = %cmd.account))]
pub async fn end_sessions(app: &App, call: &Call, cmd: EndSessions) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let decide = |account: &Account| account.end_sessions(cmd.session);
    transact(app, &permit, call, target(app, cmd.account), decide).await
}
