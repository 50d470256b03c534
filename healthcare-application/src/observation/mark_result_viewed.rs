//! Notes that somebody has looked at a result.

use healthcare_domain::{
    id::ObservationId,
    observation::{ObservationError, ObservationRecord},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Take note of a result.
#[derive(Debug, Clone, Copy)]
pub struct MarkResultViewed {
    /// Which.
    pub observation: ObservationId,
}

/// Marks a result as viewed by the caller. Once is enough: a second time changes nothing.
///
/// # Errors
/// When the caller may not, there is no such result or it is struck out, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(observation.id = %cmd.observation))]
pub async fn mark_result_viewed(
    app: &App,
    call: &Call,
    cmd: MarkResultViewed,
) -> Result<Committed, CommandError<ObservationError>> {
    let now = app.clock.now();
    let viewer = call.actor.account;
    let decide = |record: &ObservationRecord| record.view(viewer, now);
    transact_entry(app, call, Permission::ViewResult, cmd.observation, (now, Touches::Nothing), decide).await
}
