//! Nobody is an inpatient twice at once, and who died in a visit has died.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState,
    encounter::{Encounter, EncounterError},
    id::{EncounterId, PatientId},
    patient::{Patient, PatientError},
};

use super::placing::{VisitError, refused};
use crate::{
    App, StoreError,
    access::{Call, Permit},
    store::{Change, Safety},
    transact::{Loaded, Target},
};

/// Makes sure that a visit which makes somebody an inpatient is the only one that does. Answers the safety row as it was
/// looked at, which the commit passes through: of two that begin at once the second looks again.
///
/// # Errors
/// When another stay is open, or the record cannot be reached.
pub(super) async fn ensure_only(
    app: &App,
    (call, permit): (&Call, &Permit),
    patient: Option<PatientId>,
    (id, before, after): (EncounterId, &Encounter, Option<&Change>),
) -> Result<Option<Safety>, VisitError> {
    let begins = |change: &Change| matches!(&change.state, AnyState::Encounter(after) if after.is_inpatient());
    let Some(patient) = patient.filter(|_| !before.is_inpatient() && after.is_some_and(begins)) else {
        return Ok(None);
    };
    let (open, version) = app.read.inpatient_stays(permit, patient).await?;
    match open.into_iter().find(|open| *open != id) {
        Some(open) => {
            // That somebody is here is told to who admits; under which stay, to who may see that.
            permit.recorded().await?;
            let told = app.stands_close(call, patient).await?.then_some(open);
            Err(VisitError::InTheHouse(told))
        }
        None => Ok(Some(Safety { patient, expected: Some(version) })),
    }
}

/// The change of the patient that a visit brings about: one that ended in death makes them deceased since then, so that
/// nothing is ordered for them or booked; one that is struck out takes back the death that it alone had told.
///
/// # Errors
/// When the death lies before the birth, or the record cannot be reached.
pub(super) async fn death_of(
    app: &App,
    permit: &Permit,
    patient: Option<PatientId>,
    (id, before, after, now): (EncounterId, &Encounter, Option<&Change>, DateTime<Utc>),
) -> Result<Option<Change>, VisitError> {
    let after = match after.map(|change| &change.state) {
        Some(AnyState::Encounter(after)) => after.death(),
        _ => return Ok(None),
    };
    let (Some(patient), true) = (patient, before.death() != after) else { return Ok(None) };
    let loaded: Loaded<Patient> = app.load::<Patient>(patient).await?.open(permit).await?;
    let decided = match (before.death(), after) {
        (_, Some(at)) => loaded.state.die(at, id),
        (Some(_), None) => Ok(loaded.state.did_not_die(id)),
        (None, None) => Ok(vec![]),
    };
    let events = decided.map_err(|why| match why {
        PatientError::DiedBeforeBirth => refused(EncounterError::DiedBeforeBirth),
        _ => VisitError::from(StoreError::Conflict),
    })?;
    let target = Target::of(patient, patient, after.unwrap_or(now));
    Ok((!events.is_empty()).then(|| app.change::<Patient>(&target, &loaded, events)))
}
