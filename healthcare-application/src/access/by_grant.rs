//! Whom a call may follow on the strength of an emergency alone.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

use healthcare_domain::id::PatientId;

/// The patients of a call's circle whom nothing but a break-glass grant opens, as the circle was told last: what a list or a
/// live connection shows of them is recorded as a direct read of theirs would be. Clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct ByGrant(Arc<RwLock<HashSet<PatientId>>>);

impl ByGrant {
    /// Whether a patient is shown by a grant alone.
    pub fn has(&self, patient: PatientId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&patient)
    }

    /// From now on it is these.
    pub(super) fn are(&self, patients: HashSet<PatientId>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = patients;
    }
}
