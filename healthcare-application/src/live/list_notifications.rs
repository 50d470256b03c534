//! What the caller was told, for who looks it up instead of following it live.

use crate::{
    App, QueryError,
    access::{Call, Permission},
    read::Page,
};

/// A page of what was told to the caller, the newest first; `before` is the position to go on behind.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_notifications(app: &App, call: &Call, before: Option<i64>, limit: u16) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadLive, None).await?;
    Ok(app.read.notifications(&permit, &call.actor, before, limit).await?)
}
