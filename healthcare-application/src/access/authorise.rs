//! The one gate.

use std::collections::HashSet;

use healthcare_domain::id::{AccountId, PatientId};

use super::{Call, Denied, Permission, Unauthorised};
use crate::{
    App,
    audit::{Accountable, Entry},
    store::{Commit, StoreError},
};

/// Whose data a permit opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// One patient's record, and what is nobody's.
    Patient(PatientId),
    /// What is nobody's (devices, rules, scores, the state of the system), and lists that show of each patient only
    /// what the circle of the caller opens.
    Nobody,
    /// The directory: name, birth date, identifiers and sex of every patient, and no more.
    Directory,
    /// Every patient's: the system on its own, and an import, which writes for many at once.
    Everybody,
}

/// Proof that the gate was passed: only [`App::authorise`] makes one, and the ports demand it.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: AccountId,
    permission: Permission,
    reach: Reach,
    patient: Option<PatientId>,
    account: Accountable,
}

impl Permit {
    /// For whom it was made out.
    pub fn actor(&self) -> AccountId {
        self.actor
    }
    /// For what.
    pub fn permission(&self) -> Permission {
        self.permission
    }
    /// For which patient, if for one.
    pub fn patient(&self) -> Option<PatientId> {
        self.patient
    }
    /// Whose data it opens.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Makes sure that what is read by it is recorded, for who answers with a patient's data. To be awaited beside the
    /// reading, before the answer.
    ///
    /// # Errors
    /// When it could not be recorded: then nothing may be answered.
    pub async fn recorded(&self) -> Result<(), StoreError> {
        self.account.recorded().await
    }

    /// As [`Permit::recorded`], for each of the patients whom a list shows.
    ///
    /// # Errors
    /// As [`Permit::recorded`].
    pub async fn recorded_of(&self, patients: impl IntoIterator<Item = PatientId>) -> Result<(), StoreError> {
        self.account.recorded_of(patients).await
    }

    /// As [`Permit::recorded`], for who opens something that was closed: what a command opens is recorded with what it
    /// writes.
    pub(super) async fn disclosed(&self) -> Result<(), StoreError> {
        self.account.disclosed().await
    }

    /// What is to be recorded in the transaction of what is written by it.
    pub fn entry(&self) -> &Entry {
        self.account.entry()
    }

    /// Whether it opens what is `whose`. What is nobody's is opened by every permit.
    pub fn opens(&self, whose: Option<PatientId>) -> bool {
        let Some(patient) = whose else { return true };
        match self.reach {
            Reach::Everybody => true,
            Reach::Patient(permitted) => permitted == patient,
            Reach::Nobody | Reach::Directory => false,
        }
    }

    /// Makes sure that everything in a commit is about whom the permit opens: its streams, judgements, safety rows.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] when something is about another patient.
    pub fn ensure_covers(&self, commit: &Commit) -> Result<(), StoreError> {
        let changes = commit.changes.iter().map(|change| change.patient);
        let safety = commit.safety.iter().map(|safety| Some(safety.patient));
        let judged = commit.evaluations.iter().map(|evaluation| Some(evaluation.patient));
        let mut all = changes.chain(safety).chain(judged);
        if all.all(|whose| self.opens(whose)) { Ok(()) } else { Err(StoreError::Foreign) }
    }
}

/// Whose data a caller may follow, as it stood a moment ago. For lists and live connections, which show of each
/// patient only what a permit for that patient would open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Circle {
    /// Everybody's: the system.
    Everybody,
    /// These patients'.
    Only(HashSet<PatientId>),
}

impl Circle {
    /// Whether a patient is of it. What is nobody's is everybody's to hear.
    pub fn has(&self, patient: Option<PatientId>) -> bool {
        match (self, patient) {
            (Self::Everybody, _) | (_, None) => true,
            (Self::Only(patients), Some(patient)) => patients.contains(&patient),
        }
    }
}

impl App {
    /// Decides whether a call may do `permission`, to `patient` where it concerns one. What is denied is recorded, and
    /// what is permitted to be read is on its way to be.
    ///
    /// # Errors
    /// When something is missing, named by [`Denied`], or it cannot be told or recorded because the record cannot be
    /// reached: then too the answer is no.
    pub async fn authorise(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<Permit, Unauthorised> {
        match self.decide(call, permission, patient).await {
            Ok(reach) => {
                let entry = Entry::of(call, permission, patient, self.clock.now());
                let account = Accountable::begin(self.audit.clone(), entry, permission, call.actor.system);
                Ok(Permit { actor: call.actor.account, permission, reach, patient, account })
            }
            Err(why) => Err(self.denied(call, permission, patient, why).await),
        }
    }

    /// Records that something was denied; the answer is another one when that cannot be recorded.
    pub(super) async fn denied(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
        why: Unauthorised,
    ) -> Unauthorised {
        let Unauthorised::Denied(denied) = why else { return why };
        let entry = Entry::of(call, permission, patient, self.clock.now()).denied(denied.reason());
        match self.audit.record(entry).recorded().await {
            Ok(()) => why,
            Err(unrecorded) => Unauthorised::Store(unrecorded.into()),
        }
    }

    /// Decides whether a call may do `permission`, to `patient` where it concerns one.
    ///
    /// # Errors
    /// When something is missing, named by [`Denied`], or it cannot be told because the record cannot be reached:
    /// then too the answer is no.
    #[expect(clippy::unused_async, reason = "care relationships are read from the record")]
    pub(super) async fn decide(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<Reach, Unauthorised> {
        let actor = &call.actor;
        if !actor.system {
            if !actor.may(permission) {
                return Err(Denied::Role(permission).into());
            }
            if actor.patient.is_some() && actor.patient != patient {
                return Err(Denied::NotOwnRecord.into());
            }
        }
        Ok(match patient {
            _ if actor.system || permission == Permission::ImportRecords => Reach::Everybody,
            Some(patient) => Reach::Patient(patient),
            None if permission == Permission::ReadDirectory => Reach::Directory,
            None => Reach::Nobody,
        })
    }
}
