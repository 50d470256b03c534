//! Records an allergy, or that there is none.

use healthcare_domain::{
    allergy::{Allergy, AllergyError, AllergyRecord},
    id::{AllergyId, PatientId},
};

use super::in_force::store_in_force;
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::Loaded,
};

/// Record an allergy.
#[derive(Debug, Clone)]
pub struct AddAllergy {
    /// Whose.
    pub patient: PatientId,
    /// To what.
    pub allergy: Allergy,
}

/// Adds an allergy. It passes through the safety row, so that no order that it speaks against slips past it. That none was
/// known is no longer so: such a statement is taken off in the same commit, and named in `removed`. Nor can it be said
/// that none is known while one is on record.
///
/// # Errors
/// When the caller may not, there is no such patient, nothing is named, one is on record that is denied, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn add_allergy(app: &App, call: &Call, cmd: AddAllergy) -> Result<Committed, CommandError<AllergyError>> {
    let permit = app.authorise(call, Permission::ChartAllergy, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    app.ensure_encounter(cmd.patient, cmd.allergy.encounter, "/encounter").await?;
    let id = AllergyId(app.clock.new_id());
    let decide = |nothing: &AllergyRecord| {
        cmd.allergy.ensure_stated()?;
        nothing.add(cmd.allergy.clone())
    };
    store_in_force(app, &permit, call, (id, cmd.patient), Loaded::nothing(), decide).await
}
