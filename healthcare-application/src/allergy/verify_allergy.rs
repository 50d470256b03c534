//! Decides how sure an allergy is.

use healthcare_domain::{
    allergy::{AllergyError, Verification},
    id::AllergyId,
    text::Remark,
};

use super::in_force::transact_in_force;
use crate::{App, CommandError, access::Call, store::Committed};

/// Decide how sure an allergy is.
#[derive(Debug, Clone)]
pub struct VerifyAllergy {
    /// Which.
    pub allergy: AllergyId,
    /// How sure.
    pub verification: Verification,
    /// Why, where something that was sure no longer is.
    pub reason: Option<Remark>,
}

/// Verifies an allergy. It passes through the safety row: one that is ruled out speaks against no order. One that
/// is no longer ruled out takes off that none is known.
///
/// # Errors
/// When the caller may not, it is not active, what was settled changes without a reason, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(allergy.id = %cmd.allergy))]
pub async fn verify_allergy(
    app: &App,
    call: &Call,
    cmd: VerifyAllergy,
) -> Result<Committed, CommandError<AllergyError>> {
    transact_in_force(app, call, cmd.allergy, |record| record.verify(cmd.verification, cmd.reason.clone())).await
}
