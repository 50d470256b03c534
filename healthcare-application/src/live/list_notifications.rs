//! What the caller was told, for who looks it up instead of following it live.

use super::NotificationFilter;
use crate::{
    App, QueryError,
    access::{Call, Permission},
    order::Direction,
    read::Page,
};

/// A page of what was told to the caller and is asked for; `behind` is the position to go on behind.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_notifications(
    app: &App,
    call: &Call,
    filter: &NotificationFilter,
    behind: (Option<i64>, Direction),
    limit: u16,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadLive, None).await?;
    let circle = app.circle(call, Permission::ReadLive).await?;
    Ok(app.read.notifications(&permit, &circle, &call.actor, filter, behind, limit).await?)
}
