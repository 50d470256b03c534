//! The one gate.

use std::collections::HashSet;

use healthcare_domain::id::{AccountId, PatientId};

use super::{Call, Denied, Permission, Unauthorised};
use crate::{
    App,
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
    /// Decides whether a call may do `permission`, to `patient` where it concerns one.
    ///
    /// # Errors
    /// When something is missing, named by [`Denied`], or it cannot be told because the record cannot be reached:
    /// then too the answer is no.
    #[expect(clippy::unused_async, reason = "care relationships are read from the record")]
    pub async fn authorise(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<Permit, Unauthorised> {
        let actor = &call.actor;
        if !actor.system {
            if !actor.may(permission) {
                return Err(Denied::Role(permission).into());
            }
            if actor.patient.is_some() && actor.patient != patient {
                return Err(Denied::NotOwnRecord.into());
            }
        }
        let reach = match patient {
            _ if actor.system || permission == Permission::ImportRecords => Reach::Everybody,
            Some(patient) => Reach::Patient(patient),
            None if permission == Permission::ReadDirectory => Reach::Directory,
            None => Reach::Nobody,
        };
        Ok(Permit { actor: actor.account, permission, reach, patient })
    }
}
