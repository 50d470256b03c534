//! Begins a visit or stay.

use healthcare_domain::{
    encounter::{Admission, Encounter, EncounterError},
    id::{EncounterId, PatientId},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Admit a patient.
#[derive(Debug, Clone)]
pub struct AdmitPatient {
    /// Who.
    pub patient: PatientId,
    /// As what, where, why.
    pub admission: Admission,
}

/// Admits a patient under a new encounter.
///
/// # Errors
/// When the caller may not, there is no such patient, the time lies in the future, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn admit_patient(
    app: &App,
    call: &Call,
    cmd: AdmitPatient,
) -> Result<Committed, CommandError<EncounterError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::AdmitPatient, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    let target = Target::of(EncounterId(app.clock.new_id()), cmd.patient, cmd.admission.started_at);
    transact(app, &permit, call, target, |encounter: &Encounter| encounter.admit(cmd.admission.clone(), now)).await
}
