//! The caller's inbox.

use super::{Inbox, InboxFilter, InboxKind, SiteDays};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    decision::ShownVia,
    read::Paging,
};

/// A page of what waits for the caller, about patients whom they may know, of kinds they may deal with. What is dealt
/// with is gone at once.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_inbox(app: &App, call: &Call, filter: InboxFilter, page: Paging) -> Result<Inbox, QueryError> {
    let permit = app.authorise(call, Permission::ReadInbox, None).await?;
    let circle = app.circle(call, Permission::ReadInbox).await?;
    let now = app.clock.now();
    let days = SiteDays::of(app.patients.zone, now);
    let inbox = app.read.inbox(&permit, &circle, (&call.actor, now, &days), &filter, &page).await?;
    let suggestions = inbox.items.iter().filter(|item| item.kind == InboxKind::Suggestion).map(|item| item.subject.id);
    app.shown(call, &suggestions.collect::<Vec<_>>(), ShownVia::Inbox);
    Ok(inbox)
}
