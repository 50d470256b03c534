//! Admission: a visit or stay begins.

use chrono::{DateTime, Duration, Utc};

use super::{Admission, Encounter, EncounterError, EncounterEvent};

impl Encounter {
    /// Begins the visit. Times up to five minutes ahead are taken, for clocks that differ.
    ///
    /// # Errors
    /// When it began already, or would begin in the future of `now`.
    pub fn admit(&self, admission: Admission, now: DateTime<Utc>) -> Result<Vec<EncounterEvent>, EncounterError> {
        match self {
            Self::NotAdmitted if admission.started_at > now + Duration::minutes(5) => Err(EncounterError::InTheFuture),
            Self::NotAdmitted => Ok(vec![EncounterEvent::PatientAdmitted { admission: Box::new(admission) }]),
            Self::Admitted { .. } => Err(EncounterError::AlreadyAdmitted),
            Self::Discharged { .. } => Err(EncounterError::AlreadyDischarged),
            Self::EnteredInError { .. } => Err(EncounterError::EnteredInError),
        }
    }
}
