//! Brings a person into the record.

use healthcare_domain::patient::{Demographics, Patient, PatientError};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Loaded, Target, transact_from},
};

/// Register a person.
#[derive(Debug, Clone)]
pub struct RegisterPatient {
    /// Who they are.
    pub demographics: Demographics,
}

/// Registers a patient under a new identity.
///
/// # Errors
/// When the caller may not, the demographics cannot be true, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn register_patient(
    app: &App,
    call: &Call,
    cmd: RegisterPatient,
) -> Result<Committed, CommandError<PatientError>> {
    let now = app.clock.now();
    let patient = app.store.new_patient();
    let permit = app.authorise(call, Permission::RegisterPatient, Some(patient)).await?;
    let target = Target::of(patient, patient, now);
    let decide = |person: &Patient| person.register(cmd.demographics.clone(), now);
    transact_from(app, &permit, call, target, Loaded::unwritten(), decide).await
}
