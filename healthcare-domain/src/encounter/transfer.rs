//! Transfer: a stay goes on in another ward or bed.

use chrono::{DateTime, Duration, Utc};

use super::{Encounter, EncounterError, EncounterEvent};

impl Encounter {
    /// Moves the patient. The same place again is no change.
    ///
    /// # Errors
    /// When the stay is not under way, or the time lies before it began or more than five minutes in the future.
    pub fn transfer(
        &self,
        ward: String,
        bed: Option<String>,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        let admission = self.ensure_open()?;
        if at < admission.started_at {
            return Err(EncounterError::BeforeAdmission(admission.started_at));
        }
        if at > now + Duration::minutes(5) {
            return Err(EncounterError::InTheFuture);
        }
        if admission.ward.as_ref() == Some(&ward) && admission.bed == bed {
            return Ok(vec![]);
        }
        Ok(vec![EncounterEvent::PatientTransferred { ward, bed, at }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EventSourced,
        encounter::{Admission, Disposition, EncounterClass},
    };

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap()
    }

    fn admitted() -> Encounter {
        let admission = Admission {
            identifiers: vec![],
            class: EncounterClass::Inpatient,
            types: vec![],
            reasons: vec![],
            started_at: at(8),
            ward: Some("A".into()),
            bed: None,
            provider: None,
        };
        Encounter::fold(&Encounter::NotAdmitted.admit(admission, at(8)).unwrap())
    }

    #[test]
    fn the_ward_is_the_one_they_were_moved_to() {
        let mut encounter = admitted();
        for event in encounter.transfer("B".into(), Some("2".into()), at(9), at(9)).unwrap() {
            encounter.apply(&event);
        }
        let there = encounter.ensure_open().unwrap();
        assert_eq!((there.ward.as_deref(), there.bed.as_deref()), (Some("B"), Some("2")));
        assert_eq!(encounter.transfer("B".into(), Some("2".into()), at(10), at(10)), Ok(vec![]));
    }

    #[test]
    fn nobody_is_moved_before_they_came_after_they_left_or_in_the_future() {
        let mut encounter = admitted();
        assert!(matches!(encounter.transfer("B".into(), None, at(7), at(9)), Err(EncounterError::BeforeAdmission(_))));
        assert_eq!(encounter.transfer("B".into(), None, at(11), at(9)), Err(EncounterError::InTheFuture));
        for event in encounter.discharge(Disposition::Home, at(9)).unwrap() {
            encounter.apply(&event);
        }
        assert_eq!(encounter.transfer("B".into(), None, at(9), at(9)), Err(EncounterError::AlreadyDischarged));
    }
}
