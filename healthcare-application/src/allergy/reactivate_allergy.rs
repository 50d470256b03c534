//! Puts an allergy back that had been taken off the active list.

use healthcare_domain::{
    allergy::{AllergyError, AllergyRecord},
    id::AllergyId,
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Put an allergy back on the active list.
#[derive(Debug, Clone)]
pub struct ReactivateAllergy {
    /// Which.
    pub allergy: AllergyId,
    /// Why.
    pub reason: Remark,
}

/// Reactivates an allergy. It passes through the safety row, so that no order that it speaks against slips past it.
///
/// # Errors
/// When the caller may not, it is active or was struck out, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(allergy.id = %cmd.allergy))]
pub async fn reactivate_allergy(
    app: &App,
    call: &Call,
    cmd: ReactivateAllergy,
) -> Result<Committed, CommandError<AllergyError>> {
    let when = (app.clock.now(), Touches::Safety);
    let decide = |record: &AllergyRecord| record.reactivate(cmd.reason.clone());
    transact_entry(app, call, Permission::ChartAllergy, cmd.allergy, when, decide).await
}
