//! One account.

use healthcare_domain::id::AccountId;

use super::owner;
use crate::{
    App, QueryError,
    access::{Call, Permission},
    view::{Kind, Row},
};

/// An account as it stands. Of a patient's it is recorded that it was shown.
///
/// # Errors
/// When the caller may not, there is no such account, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(account.id = %account))]
pub async fn get_account(app: &App, by: &Call, account: AccountId) -> Result<Row, QueryError> {
    let permit = app.authorise(by, Permission::ManageAccounts, None).await?;
    let sealed = app.read.entry(Kind::Account, account.0).await?;
    let row = sealed.ok_or(QueryError::NotFound)?.open(&permit).await?;
    permit.recorded_of(owner(&row.body)?).await?;
    Ok(row)
}
