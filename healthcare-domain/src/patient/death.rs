//! A death that a visit tells: it is the patient's, and not only the visit's.

use chrono::{DateTime, Utc};

use super::{Deceased, Patient, PatientError, PatientEvent, Standing};

impl Patient {
    /// Notes that they died, as the end of a visit says. A time of death that is known already stays as it is; a
    /// registration that was a mistake has nobody to die.
    ///
    /// # Errors
    /// When it lies before their birth.
    pub fn die(&self, at: DateTime<Utc>) -> Result<Vec<PatientEvent>, PatientError> {
        let Self::Registered { demographics, standing, .. } = self else { return Ok(vec![]) };
        let known = demographics.deceased.as_ref().is_some_and(|deceased| deceased.at.is_some());
        if known || matches!(standing, Standing::EnteredInError { .. }) {
            return Ok(vec![]);
        }
        if demographics.birth_date.is_some_and(|born| at.date_naive() < born.first_day()) {
            return Err(PatientError::DiedBeforeBirth);
        }
        let mut demographics = demographics.clone();
        demographics.deceased = Some(Deceased { at: Some(at) });
        Ok(vec![PatientEvent::PatientUpdated { demographics }])
    }

    /// Takes a death back that nothing told but a visit which never was: one of this very moment. A death that somebody
    /// registered with another time, or with none, stays.
    pub fn did_not_die(&self, at: DateTime<Utc>) -> Vec<PatientEvent> {
        let Self::Registered { demographics, standing, .. } = self else { return vec![] };
        if demographics.deceased != Some(Deceased { at: Some(at) })
            || matches!(standing, Standing::EnteredInError { .. })
        {
            return vec![];
        }
        let mut demographics = demographics.clone();
        demographics.deceased = None;
        vec![PatientEvent::PatientUpdated { demographics }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, patient::Demographics};

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn given(deceased: Option<Deceased>) -> Patient {
        let birth_date = Some("1954-03-02".parse().unwrap());
        let demographics = Demographics { birth_date, deceased, ..Demographics::default() };
        Patient::fold(&[PatientEvent::PatientRegistered { demographics: Box::new(demographics) }])
    }

    fn after(patient: &Patient, events: &[PatientEvent]) -> Option<Deceased> {
        let mut patient = patient.clone();
        events.iter().for_each(|event| patient.apply(event));
        let Patient::Registered { demographics, .. } = patient else { panic!("registered") };
        demographics.deceased
    }

    #[test]
    fn who_dies_in_a_visit_is_deceased_since_then_and_only_once() {
        for unknown in [None, Some(Deceased { at: None })] {
            let patient = given(unknown);
            assert_eq!(after(&patient, &patient.die(at(9)).unwrap()), Some(Deceased { at: Some(at(9)) }));
        }
        assert_eq!(given(Some(Deceased { at: Some(at(8)) })).die(at(9)), Ok(vec![]), "it was known");
        assert_eq!(Patient::Unregistered.die(at(9)), Ok(vec![]));
        let early = "1950-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(given(None).die(early), Err(PatientError::DiedBeforeBirth));
    }

    #[test]
    fn a_visit_that_never_was_takes_back_the_death_it_told_and_no_other() {
        let died = given(Some(Deceased { at: Some(at(9)) }));
        assert_eq!(after(&died, &died.did_not_die(at(9))), None);
        assert_eq!(died.did_not_die(at(8)), vec![]);
        assert_eq!(given(Some(Deceased { at: None })).did_not_die(at(9)), vec![]);
        assert_eq!(given(None).did_not_die(at(9)), vec![]);
    }
}
