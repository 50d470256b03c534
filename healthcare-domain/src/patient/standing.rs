//! Whether a patient's record is in use: it is laid down, taken up again, or was a mistake from the beginning.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Patient, PatientError, PatientEvent};
use crate::text::Remark;

/// Whether a patient's record is in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// It is.
    #[default]
    Active,
    /// It was laid down: nothing new begins until it is taken up again.
    Inactive {
        /// Why.
        reason: Remark,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// There never was such a patient. It stays readable, and nothing is added.
    EnteredInError {
        /// Why.
        reason: Remark,
        /// Since when.
        since: DateTime<Utc>,
    },
}

impl Standing {
    /// The word for it in views and in the directory.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive { .. } => "inactive",
            Self::EnteredInError { .. } => "entered-in-error",
        }
    }
}

/// What of others hangs on a registration, so that it cannot be called a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Nothing.
    ByNothing,
    /// A visit is open.
    ByVisit,
    /// Other registrations were merged into it.
    ByMerge,
}

impl Patient {
    /// Lays the record down, e.g. of who moved away. `in_care` says that a visit is open.
    ///
    /// # Errors
    /// When nobody is registered, it is not active, or a visit is open.
    pub fn deactivate(
        &self,
        reason: Remark,
        in_care: bool,
        at: DateTime<Utc>,
    ) -> Result<Vec<PatientEvent>, PatientError> {
        match self.standing()? {
            Standing::Active if in_care => Err(PatientError::InCare),
            Standing::Active => Ok(vec![PatientEvent::PatientDeactivated { reason, at }]),
            Standing::Inactive { .. } => Err(PatientError::Inactive),
            Standing::EnteredInError { .. } => Err(PatientError::EnteredInError),
        }
    }

    /// Takes a record up again that was laid down.
    ///
    /// # Errors
    /// When nobody is registered, or it was not laid down.
    pub fn reactivate(&self, reason: Remark, at: DateTime<Utc>) -> Result<Vec<PatientEvent>, PatientError> {
        match self.standing()? {
            Standing::Inactive { .. } => Ok(vec![PatientEvent::PatientReactivated { reason, at }]),
            Standing::Active => Err(PatientError::NotInactive),
            Standing::EnteredInError { .. } => Err(PatientError::EnteredInError),
        }
    }

    /// Marks a registration that never should have been, unless something hangs on it.
    ///
    /// # Errors
    /// When nobody is registered, it is marked already, a visit is open, or it holds the records of others.
    pub fn enter_in_error(
        &self,
        reason: Remark,
        bound: Bound,
        at: DateTime<Utc>,
    ) -> Result<Vec<PatientEvent>, PatientError> {
        match (self.standing()?, bound) {
            (Standing::EnteredInError { .. }, _) => Err(PatientError::EnteredInError),
            (Standing::Active | Standing::Inactive { .. }, Bound::ByVisit) => Err(PatientError::InCare),
            (Standing::Active | Standing::Inactive { .. }, Bound::ByMerge) => Err(PatientError::HoldsOthers),
            (Standing::Active | Standing::Inactive { .. }, Bound::ByNothing) => {
                Ok(vec![PatientEvent::PatientEnteredInError { reason, at }])
            }
        }
    }

    /// Whether the record is in use.
    ///
    /// # Errors
    /// When nobody is registered.
    pub fn standing(&self) -> Result<&Standing, PatientError> {
        match self {
            Self::Unregistered => Err(PatientError::Unregistered),
            Self::Registered { standing, .. } => Ok(standing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, patient::Demographics};

    fn now() -> DateTime<Utc> {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    fn why() -> Remark {
        Remark::try_from("moved to another country".to_owned()).unwrap()
    }

    fn given(events: &[PatientEvent]) -> Patient {
        let registered = PatientEvent::PatientRegistered { demographics: Box::new(Demographics::default()) };
        Patient::fold(std::iter::once(&registered).chain(events))
    }

    fn inactive() -> Patient {
        given(&[PatientEvent::PatientDeactivated { reason: why(), at: now() }])
    }

    fn mistaken() -> Patient {
        given(&[PatientEvent::PatientEnteredInError { reason: why(), at: now() }])
    }

    #[test]
    fn a_record_is_laid_down_and_taken_up_again() {
        let laid_down = given(&given(&[]).deactivate(why(), false, now()).unwrap());
        assert_eq!(laid_down, inactive());
        assert_eq!(laid_down.standing().unwrap().as_str(), "inactive");
        assert_eq!(laid_down.deactivate(why(), false, now()), Err(PatientError::Inactive));
        let mut again = laid_down.clone();
        for event in laid_down.reactivate(why(), now()).unwrap() {
            again.apply(&event);
        }
        assert_eq!(again, given(&[]));
        assert_eq!(again.reactivate(why(), now()), Err(PatientError::NotInactive));
    }

    #[test]
    fn nobody_is_laid_down_during_a_visit() {
        assert_eq!(given(&[]).deactivate(why(), true, now()), Err(PatientError::InCare));
        assert_eq!(given(&[]).enter_in_error(why(), Bound::ByVisit, now()), Err(PatientError::InCare));
        assert_eq!(inactive().enter_in_error(why(), Bound::ByVisit, now()), Err(PatientError::InCare));
        assert_eq!(given(&[]).enter_in_error(why(), Bound::ByMerge, now()), Err(PatientError::HoldsOthers));
        assert_eq!(inactive().enter_in_error(why(), Bound::ByMerge, now()), Err(PatientError::HoldsOthers));
    }

    #[test]
    fn what_was_entered_in_error_stays_so() {
        assert!(given(&[]).enter_in_error(why(), Bound::ByNothing, now()).is_ok());
        assert!(inactive().enter_in_error(why(), Bound::ByNothing, now()).is_ok());
        let gone = Err(PatientError::EnteredInError);
        assert_eq!(mistaken().enter_in_error(why(), Bound::ByNothing, now()), gone);
        assert_eq!(mistaken().deactivate(why(), false, now()), gone);
        assert_eq!(mistaken().reactivate(why(), now()), gone);
        assert_eq!(mistaken().update(Demographics::default(), now()), gone);
    }

    #[test]
    fn who_is_not_registered_has_no_standing() {
        let nobody = Patient::Unregistered;
        assert_eq!(nobody.deactivate(why(), false, now()), Err(PatientError::Unregistered));
        assert_eq!(nobody.reactivate(why(), now()), Err(PatientError::Unregistered));
        assert_eq!(nobody.enter_in_error(why(), Bound::ByNothing, now()), Err(PatientError::Unregistered));
    }
}
