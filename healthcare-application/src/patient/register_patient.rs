//! Brings a person into the record.

use healthcare_domain::patient::{Demographics, Patient, PatientError};

use crate::{
    App, CommandError, StoreError,
    access::{Call, Permission},
    store::Committed,
    transact::{Loaded, Target, transact_from},
};

/// The rule that a number of a registered system is one patient's alone.
pub(super) const NUMBER_OF_ONE: &str = "patient_number_pkey";

/// How many running numbers are tried: somebody may have typed in the number that comes next.
const ATTEMPTS: usize = 3;

/// Register a person.
#[derive(Debug, Clone)]
pub struct RegisterPatient {
    /// Who they are.
    pub demographics: Demographics,
}

/// Registers a patient under a new identity, with a number of the house where they bring none.
///
/// # Errors
/// When the caller may not, the demographics cannot be true, a number is in use, or the record cannot be reached.
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
    for attempt in 1.. {
        let issued = number_for(app, &cmd.demographics).await?;
        let was_issued = issued.is_some();
        let mut demographics = cmd.demographics.clone();
        demographics.identifiers.extend(issued);
        let decide = |person: &Patient| {
            let typed_well = |scheme| cmd.demographics.ensure_typed_well(scheme, None);
            app.patients.mrn.as_ref().map_or(Ok(()), typed_well)?;
            person.register(demographics.clone(), now)
        };
        match transact_from(app, &permit, call, target, Loaded::unwritten(), decide).await {
            Err(CommandError::Store(StoreError::Exists(rule))) if rule == NUMBER_OF_ONE => {
                if !was_issued || attempt >= ATTEMPTS {
                    break;
                }
            }
            other => return other,
        }
    }
    Err(CommandError::Refused(PatientError::IdentifierInUse))
}

/// The number of the house for somebody who brings none.
async fn number_for(
    app: &App,
    person: &Demographics,
) -> Result<Option<healthcare_domain::reference::Identifier>, StoreError> {
    match &app.patients.mrn {
        Some(scheme) if !person.has_number_of(scheme.system()) => {
            Ok(Some(scheme.issue(app.store.next_number().await?)))
        }
        Some(_) | None => Ok(None),
    }
}
