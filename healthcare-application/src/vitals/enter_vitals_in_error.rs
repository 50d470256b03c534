//! Strikes out a set of vital signs.

use healthcare_domain::{
    id::VitalsId,
    text::Remark,
    vitals::{VitalsError, VitalsSet},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Mark a set of vital signs as entered in error.
#[derive(Debug, Clone)]
pub struct EnterVitalsInError {
    /// Which.
    pub vitals: VitalsId,
    /// Why.
    pub reason: Remark,
}

/// Strikes out a set of vital signs, e.g. charted on the wrong patient. It no longer counts in any score.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(vitals.id = %cmd.vitals))]
pub async fn enter_vitals_in_error(
    app: &App,
    call: &Call,
    cmd: EnterVitalsInError,
) -> Result<Committed, CommandError<VitalsError>> {
    let when = (app.clock.now(), Touches::Nothing);
    let decide = |set: &VitalsSet| set.enter_in_error(cmd.reason.clone());
    transact_entry(app, call, Permission::RecordVitals, cmd.vitals, when, decide).await
}
