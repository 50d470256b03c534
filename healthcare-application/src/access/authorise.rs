//! The one gate.

use healthcare_domain::id::{AccountId, PatientId};

use super::{Actor, Permission};
use crate::App;

/// The caller may not. Says what was missing, never anything about a patient.
#[derive(Debug, Clone, thiserror::Error)]
#[error("this needs the permission {}", .0.name())]
pub struct Denied(pub Permission);

/// Proof that the gate was passed: only [`App::authorise`] makes one, and the ports demand it.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: AccountId,
    permission: Permission,
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
}

impl App {
    /// Decides whether `actor` may do `permission`, to `patient` where it concerns one.
    ///
    /// # Errors
    /// When the role does not have the permission, or a patient asks for a record that is not their own.
    pub fn authorise(
        &self,
        actor: &Actor,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<Permit, Denied> {
        let own_record = actor.patient.is_none() || actor.patient == patient;
        if actor.system || (actor.may(permission) && own_record) {
            Ok(Permit { actor: actor.account, permission, patient })
        } else {
            Err(Denied(permission))
        }
    }
}
