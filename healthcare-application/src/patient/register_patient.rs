//! Brings a person into the record.

use healthcare_domain::{
    id::{IdentityId, PatientId},
    identity::{Identity, IdentityEvent},
    patient::{Demographics, Patient, PatientError, matching::Traits},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    identity::{Found, known_by},
    store::{Commit, Committed, Meta},
    transact::{Loaded, Target, replay},
};

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

/// Registers a patient under a new identity. Whoever is registered already beyond doubt is answered instead; whoever
/// probably is, is registered, and the pair is looked at later.
///
/// # Errors
/// When the caller may not, the person is known, the demographics cannot be true, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn register_patient(app: &App, call: &Call, cmd: RegisterPatient) -> Result<Committed, RegisterError> {
    let now = app.clock.now();
    let patient = app.store.new_patient();
    let permit = app.authorise(call, Permission::RegisterPatient, Some(patient)).await?;
    let RegisterPatient { demographics, known_as_another } = cmd;
    let events = match Patient::Unregistered.register(demographics.clone(), now) {
        Ok(events) => events,
        Err(refusal) => {
            permit.recorded().await?;
            return Err(CommandError::Refused(refusal).into());
        }
    };
    let known = known(app, &permit, &demographics).await?;
    if !known.is_empty() {
        // A repeat meets who was registered by the first.
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        if known_as_another.is_none() {
            permit.recorded_of(known.iter().map(|one| one.id)).await?;
            return Err(RegisterError::Known(known));
        }
    }
    let target = Target::of(patient, patient, now);
    let committed = Committed { id: patient.0, version: 1, extra: None, replayed: false };
    let mut changes = vec![app.change::<Patient>(&target, &Loaded::unwritten(), events)];
    if let Some(reason) = known_as_another.filter(|_| !known.is_empty()) {
        let told_apart = known.iter().map(|one| IdentityEvent::FoundDistinct { other: one.id, reason: reason.clone() });
        let target = Target::of(IdentityId::of(patient), patient, now);
        changes.push(app.change::<Identity>(&target, &Loaded::unwritten(), told_apart.collect()));
    }
    let commit = Commit {
        changes,
        meta: Meta::of(call),
        idempotency: call.idempotency.clone(),
        committed,
        safety: vec![],
        evaluations: vec![],
    };
    Ok(app.store.append(&permit, commit).await?)
}

/// Who is this person beyond doubt. Nobody is without a number: then nothing is looked up.
async fn known(app: &App, permit: &Permit, person: &Demographics) -> Result<Vec<Found>, CommandError<PatientError>> {
    if person.identifiers.is_empty() {
        return Ok(vec![]);
    }
    let nobody: Option<PatientId> = None;
    let found = known_by(app, permit, &Traits::from(person), nobody).await?;
    Ok(found.into_iter().filter(|one| one.same_person).collect())
}
