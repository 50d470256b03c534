//! Puts an allergy back that had been taken off the active list.

use healthcare_domain::{allergy::AllergyError, id::AllergyId, text::Remark};

use super::in_force::transact_in_force;
use crate::{App, CommandError, access::Call, store::Committed};

/// Put an allergy back on the active list.
#[derive(Debug, Clone)]
pub struct ReactivateAllergy {
    /// Which.
    pub allergy: AllergyId,
    /// Why.
    pub reason: Remark,
}

/// Reactivates an allergy. It passes through the safety row, so that no order that it speaks against slips past it.
/// That none is known is taken off by it, and is not put back while an allergy is on record.
///
/// # Errors
/// When the caller may not, it is active or was struck out, it denies what is on record, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(allergy.id = %cmd.allergy))]
pub async fn reactivate_allergy(
    app: &App,
    call: &Call,
    cmd: ReactivateAllergy,
) -> Result<Committed, CommandError<AllergyError>> {
    transact_in_force(app, call, cmd.allergy, |record| record.reactivate(cmd.reason.clone())).await
}
