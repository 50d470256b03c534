//! The review queue.

use crate::{
    App, QueryError,
    access::{Call, GrantState, Permission},
    read::{Page, Paging},
};

/// A page of break-glass grants by when they were opened.
///
/// # Errors
/// When the caller may not review, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_grants(app: &App, call: &Call, state: Option<GrantState>, page: Paging) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReviewBreakGlass, None).await?;
    Ok(app.care.grants(&permit, state, &page).await?)
}
