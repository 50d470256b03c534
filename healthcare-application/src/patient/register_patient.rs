//! Brings a person into the record.

use healthcare_domain::{
    id::{IdentityId, PatientId},
    identity::{Identity, IdentityEvent},
    patient::{Demographics, Patient, PatientError, PatientEvent, matching::Traits},
    reference::Identifier,
    text::Remark,
};

use crate::{
    App, CommandError, StoreError,
    access::{Call, Permit},
    identity::{Found, known_by_number},
    store::{Commit, Committed, Meta},
    transact::{Loaded, Target, replay},
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
    /// How it is known that they are nobody of those who look like them beyond doubt.
    pub known_as_another: Option<Remark>,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// They are registered already, beyond doubt: a number of theirs, the name and the birth date are the same.
    #[error("the person is registered already")]
    Known(Vec<Found>),
    /// The command was not done.
    #[error(transparent)]
    Command(CommandError<PatientError>),
}

impl<C: Into<CommandError<PatientError>>> From<C> for RegisterError {
    fn from(error: C) -> Self {
        Self::Command(error.into())
    }
}

/// Registers a patient under a new identity, with a number of the house where they bring none. Whoever is registered
/// already beyond doubt is answered instead; whoever probably is, is registered, and the pair is looked at later.
///
/// # Errors
/// When the caller may not, the person is known, the demographics cannot be true, a number is in use, or the record cannot
/// be reached.
#[tracing::instrument(skip_all)]
pub async fn register_patient(app: &App, call: &Call, cmd: RegisterPatient) -> Result<Committed, RegisterError> {
    let patient = app.store.new_patient();
    let permit = app.authorise_registering(call, patient).await?;
    let known = known(app, (call, &permit), &cmd.demographics).await?;
    if !known.is_empty() {
        // A repeat meets who was registered by the first.
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        if cmd.known_as_another.is_none() {
            permit.recorded_of(known.iter().map(|one| one.id)).await?;
            return Err(RegisterError::Known(known));
        }
    }
    for attempt in 1.. {
        let issued = number_for(app, &cmd.demographics).await?;
        let was_issued = issued.is_some();
        let events = match decide(app, &cmd.demographics, issued) {
            Ok(events) => events,
            Err(refusal) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(refusal).into());
            }
        };
        let commit = commit(app, call, patient, events, (&known, cmd.known_as_another.as_ref()));
        match app.store.append(&permit, commit).await {
            Err(StoreError::Exists(rule)) if rule == NUMBER_OF_ONE => {
                if !was_issued || attempt >= ATTEMPTS {
                    break;
                }
            }
            other => return Ok(other?),
        }
    }
    Err(CommandError::Refused(PatientError::IdentifierInUse).into())
}

fn decide(app: &App, person: &Demographics, issued: Option<Identifier>) -> Result<Vec<PatientEvent>, PatientError> {
    if let Some(scheme) = &app.patients.mrn {
        person.ensure_typed_well(scheme, None)?;
    }
    let now = app.clock.now();
    person.ensure_born_by(app.patients.zone.local(now).date())?;
    let mut demographics = person.clone();
    demographics.identifiers.extend(issued);
    Patient::default().register(demographics, now)
}

/// The registration, and that the person is none of those who are known, where that was said.
fn commit(
    app: &App,
    call: &Call,
    patient: PatientId,
    events: Vec<PatientEvent>,
    (known, another): (&[Found], Option<&Remark>),
) -> Commit {
    let now = app.clock.now();
    let target = Target::of(patient, patient, now);
    let mut changes = vec![app.change::<Patient>(&target, &Loaded::unwritten(), events)];
    if let Some(reason) = another.filter(|_| !known.is_empty()) {
        let told_apart = known.iter().map(|one| IdentityEvent::FoundDistinct { other: one.id, reason: reason.clone() });
        let target = Target::of(IdentityId::of(patient), patient, now);
        changes.push(app.change::<Identity>(&target, &Loaded::unwritten(), told_apart.collect()));
    }
    Commit {
        changes,
        meta: Meta::of(call),
        idempotency: call.idempotency.clone(),
        committed: Committed { id: patient.0, version: 1, extra: None, replayed: false },
        safety: vec![],
        evaluations: vec![],
    }
}

/// Who is this person beyond doubt. Nobody is without a number: then nothing is looked up.
async fn known(app: &App, by: (&Call, &Permit), person: &Demographics) -> Result<Vec<Found>, StoreError> {
    if person.identifiers.is_empty() {
        return Ok(vec![]);
    }
    let found = known_by_number(app, by, &Traits::from(person)).await?;
    Ok(found.into_iter().filter(|one| one.same_person).collect())
}

/// The number of the house for somebody who brings none.
async fn number_for(app: &App, person: &Demographics) -> Result<Option<Identifier>, StoreError> {
    match &app.patients.mrn {
        Some(scheme) if !person.has_number_of(scheme.system()) => {
            Ok(Some(scheme.issue(app.store.next_number().await?)))
        }
        Some(_) | None => Ok(None),
    }
}
