//! Discharge: a visit or stay ends.

use chrono::{DateTime, Duration, Utc};

use super::{Disposition, Encounter, EncounterError, EncounterEvent};

impl Encounter {
    /// Ends the stay as somebody says it just now: as [`Encounter::discharge`], and not later than `now`.
    ///
    /// # Errors
    /// As [`Encounter::discharge`], and when the time lies more than five minutes in the future.
    pub fn discharge_live(
        &self,
        disposition: Disposition,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        let events = self.discharge(disposition, at)?;
        if at > now + Duration::minutes(5) { Err(EncounterError::InTheFuture) } else { Ok(events) }
    }

    /// Ends the stay. An encounter ends once, and never before it began.
    ///
    /// # Errors
    /// When it is not under way, or would end before it began.
    pub fn discharge(
        &self,
        disposition: Disposition,
        at: DateTime<Utc>,
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        match self {
            Self::NotAdmitted => Err(EncounterError::NotAdmitted),
            Self::Discharged { .. } => Err(EncounterError::AlreadyDischarged),
            Self::EnteredInError { .. } => Err(EncounterError::EnteredInError),
            Self::Admitted { admission } if at < admission.started_at => {
                Err(EncounterError::BeforeAdmission(admission.started_at))
            }
            Self::Admitted { .. } => Ok(vec![EncounterEvent::PatientDischarged { disposition, at: Some(at) }]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EventSourced,
        encounter::{Admission, EncounterClass},
    };

    fn admitted() -> Encounter {
        let started_at = "2026-11-20T08:00:00Z".parse().unwrap();
        let admission = Admission {
            identifiers: vec![],
            class: EncounterClass::Inpatient,
            types: vec![],
            reasons: vec![],
            started_at,
            ward: Some("A".into()),
            bed: None,
            provider: None,
        };
        Encounter::fold(&Encounter::NotAdmitted.admit(admission, started_at).unwrap())
    }

    #[test]
    fn a_stay_ends_once() {
        let mut encounter = admitted();
        let at = "2026-11-21T08:00:00Z".parse().unwrap();
        for event in encounter.discharge(Disposition::Home, at).unwrap() {
            encounter.apply(&event);
        }
        assert_eq!(encounter.discharge(Disposition::Home, at), Err(EncounterError::AlreadyDischarged));
    }

    #[test]
    fn a_stay_does_not_end_before_it_began() {
        let before = "2026-11-19T08:00:00Z".parse().unwrap();
        assert!(matches!(admitted().discharge(Disposition::Home, before), Err(EncounterError::BeforeAdmission(_))));
    }

    #[test]
    fn a_stay_does_not_end_in_the_future() {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        let later = now + Duration::minutes(6);
        assert_eq!(admitted().discharge_live(Disposition::Home, later, now), Err(EncounterError::InTheFuture));
        assert!(admitted().discharge_live(Disposition::Home, now, now).is_ok());
    }

    #[test]
    fn nobody_is_discharged_who_was_not_admitted() {
        let at = "2026-11-21T08:00:00Z".parse().unwrap();
        assert_eq!(Encounter::NotAdmitted.discharge(Disposition::Home, at), Err(EncounterError::NotAdmitted));
    }
}
