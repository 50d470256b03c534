//! What the caller was told, for who looks it up instead of following it live.

use crate::{
    App, QueryError,
    access::{Call, Permission},
    order::Direction,
    read::Page,
};

/// A page of what was told to the caller; `behind` is the position to go on behind.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_notifications(
    app: &App,
    call: &Call,
    behind: (Option<i64>, Direction),
    limit: u16,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadLive, None).await?;
    let circle = app.circle(call, Permission::ReadLive).await?;
    Ok(app.read.notifications(&permit, &circle, &call.actor, behind, limit).await?)
}
