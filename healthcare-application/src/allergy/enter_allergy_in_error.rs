//! Strikes out an allergy that was never true.

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

/// Mark an allergy as entered in error.
#[derive(Debug, Clone)]
pub struct EnterAllergyInError {
    /// Which.
    pub allergy: AllergyId,
    /// Why.
    pub reason: Remark,
}

/// Strikes out an allergy, e.g. one of another patient.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(allergy.id = %cmd.allergy))]
pub async fn enter_allergy_in_error(
    app: &App,
    call: &Call,
    cmd: EnterAllergyInError,
) -> Result<Committed, CommandError<AllergyError>> {
    let when = (app.clock.now(), Touches::Safety);
    let decide = |record: &AllergyRecord| record.enter_in_error(cmd.reason.clone());
    transact_entry(app, call, Permission::ChartAllergy, cmd.allergy, when, decide).await
}
