//! Takes an allergy off the list, e.g. after a challenge was tolerated.

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

/// Remove an allergy.
#[derive(Debug, Clone)]
pub struct RemoveAllergy {
    /// Which.
    pub allergy: AllergyId,
    /// Why.
    pub reason: Remark,
}

/// Removes an allergy that no longer holds.
///
/// # Errors
/// When the caller may not, it is not active, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(allergy.id = %cmd.allergy))]
pub async fn remove_allergy(
    app: &App,
    call: &Call,
    cmd: RemoveAllergy,
) -> Result<Committed, CommandError<AllergyError>> {
    let when = (app.clock.now(), Touches::Safety);
    let decide = |record: &AllergyRecord| record.remove(cmd.reason.clone());
    transact_entry(app, call, Permission::ChartAllergy, cmd.allergy, when, decide).await
}
