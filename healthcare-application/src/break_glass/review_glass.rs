//! Reviews who broke the glass.

use healthcare_domain::{
    break_glass::{BreakGlass, BreakGlassError, ReviewOutcome},
    id::BreakGlassId,
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Review a grant.
#[derive(Debug, Clone)]
pub struct ReviewGlass {
    /// Which.
    pub grant: BreakGlassId,
    /// What is to be made of it.
    pub outcome: ReviewOutcome,
    /// In the reviewer's words.
    pub note: Remark,
}

/// Takes a grant off the queue with what is to be made of it. Nobody reviews their own.
///
/// # Errors
/// When the caller may not, there is no such grant, it was reviewed or is the caller's own, or the record cannot be
/// reached.
#[tracing::instrument(skip_all, fields(grant.id = %cmd.grant))]
pub async fn review_glass(
    app: &App,
    call: &Call,
    cmd: ReviewGlass,
) -> Result<Committed, CommandError<BreakGlassError>> {
    let now = app.clock.now();
    let by = call.actor.account;
    let decide = |glass: &BreakGlass| glass.review(cmd.outcome, cmd.note.clone(), by, now);
    transact_entry(app, call, Permission::ReviewBreakGlass, cmd.grant, (now, Touches::Nothing), decide).await
}
