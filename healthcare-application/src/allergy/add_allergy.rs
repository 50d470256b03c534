//! Records an allergy, or that there is none.

use healthcare_domain::{
    allergy::{Allergy, AllergyError, AllergyRecord},
    id::{AllergyId, PatientId},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Record an allergy.
#[derive(Debug, Clone)]
pub struct AddAllergy {
    /// Whose.
    pub patient: PatientId,
    /// To what.
    pub allergy: Allergy,
}

/// Adds an allergy. It passes through the safety row, so that no order that it speaks against slips past it.
///
/// # Errors
/// When the caller may not, there is no such patient, nothing is named, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn add_allergy(app: &App, call: &Call, cmd: AddAllergy) -> Result<Committed, CommandError<AllergyError>> {
    let permit = app.authorise(call, Permission::ChartAllergy, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    let target = Target::of(AllergyId(app.clock.new_id()), cmd.patient, app.clock.now()).through_safety();
    transact(app, &permit, call, target, |record: &AllergyRecord| record.add(cmd.allergy.clone())).await
}
