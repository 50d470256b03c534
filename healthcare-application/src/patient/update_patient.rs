//! Keeps a patient's demographics.

use healthcare_domain::{
    id::PatientId,
    patient::{Demographics, Patient, PatientError},
};

use super::register_patient::NUMBER_OF_ONE;
use crate::{
    App, CommandError, StoreError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Change a patient's demographics.
pub struct UpdatePatient {
    /// Who.
    pub patient: PatientId,
    /// From the demographics as they are to those as they shall be.
    #[expect(clippy::type_complexity, reason = "said once, read once")]
    pub change: Box<dyn Fn(&Demographics) -> Result<Demographics, PatientError> + Send + Sync>,
}

/// Updates a patient. The same demographics again are no change.
///
/// # Errors
/// When the caller may not, the version is stale, the demographics cannot be true, a number is in use, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn update_patient(
    app: &App,
    call: &Call,
    cmd: UpdatePatient,
) -> Result<Committed, CommandError<PatientError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::RegisterPatient, Some(cmd.patient)).await?;
    // Age and sex are facts of drug safety.
    let target = Target::of(cmd.patient, cmd.patient, now).through_safety();
    let decide = |person: &Patient| match person {
        Patient::Unregistered => Err(PatientError::Unregistered),
        Patient::Registered { demographics, .. } => {
            let changed = (cmd.change)(demographics)?;
            let typed_well = |scheme| changed.ensure_typed_well(scheme, Some(demographics));
            app.patients.mrn.as_ref().map_or(Ok(()), typed_well)?;
            // A date that came with an import and is not touched here stands as it came.
            if changed.birth_date != demographics.birth_date {
                changed.ensure_born_by(app.patients.zone.local(now).date())?;
            }
            person.update(changed, now)
        }
    };
    match transact(app, &permit, call, target, decide).await {
        Err(CommandError::Store(StoreError::Exists(rule))) if rule == NUMBER_OF_ONE => {
            Err(CommandError::Refused(PatientError::IdentifierInUse))
        }
        other => other,
    }
}
