//! The accounts.

use super::owner;
use crate::{
    App, QueryError,
    access::{Call, Permission, Role},
    read::{EntryFilter, Page, Paging},
    view::Kind,
};

/// Which accounts to list; all that is given must match.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountFilter {
    /// Only those of this role.
    pub role: Option<Role>,
    /// Only those that are enabled, or only those that are not.
    pub enabled: Option<bool>,
}

/// A page of accounts by when they were made. Of each patient's it is recorded that it was shown.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_accounts(app: &App, by: &Call, filter: AccountFilter, page: Paging) -> Result<Page, QueryError> {
    let permit = app.authorise(by, Permission::ManageAccounts, None).await?;
    let AccountFilter { role, enabled } = filter;
    let code = role.map(|role| role.as_str().to_owned());
    let filter = EntryFilter { active: enabled, code, ..EntryFilter::of(Kind::Account) };
    let page = app.read.accounts(&permit, &filter, &page).await?;
    let owners: Vec<_> = page.items.iter().map(|item| owner(item.get())).collect::<Result<_, _>>()?;
    permit.recorded_of(owners.into_iter().flatten()).await?;
    Ok(page)
}
