//! Gives a break-glass grant back early.

use healthcare_domain::{
    break_glass::{BreakGlass, BreakGlassError},
    id::BreakGlassId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Close a grant.
#[derive(Debug, Clone, Copy)]
pub struct CloseGlass {
    /// Which.
    pub grant: BreakGlassId,
}

/// Ends the caller's own grant before its time.
///
/// # Errors
/// When there is no such grant, it is somebody else's or over, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(grant.id = %cmd.grant))]
pub async fn close_glass(app: &App, call: &Call, cmd: CloseGlass) -> Result<Committed, CommandError<BreakGlassError>> {
    let now = app.clock.now();
    let by = call.actor.account;
    let decide = |glass: &BreakGlass| glass.close(by, now);
    transact_entry(app, call, Permission::BreakGlass, cmd.grant, (now, Touches::Nothing), decide).await
}
