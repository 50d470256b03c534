//! A death that a visit tells: it is the patient's, and not only the visit's.

use chrono::{DateTime, Utc};

use super::{Deceased, Demographics, Patient, PatientError, PatientEvent, Standing};
use crate::{id::EncounterId, lifetime::is_before_birth};

impl Patient {
    /// Notes that they died, as the end of a visit says. A death that is known already stays as it is; a registration that was a
    /// mistake has nobody to die.
    ///
    /// # Errors
    /// When it lies before their birth.
    pub fn die(&self, at: DateTime<Utc>, told_by: EncounterId) -> Result<Vec<PatientEvent>, PatientError> {
        let Self::Registered { demographics, standing, .. } = self else { return Ok(vec![]) };
        if demographics.deceased.is_some() || matches!(standing, Standing::EnteredInError { .. }) {
            return Ok(vec![]);
        }
        if demographics.birth_date.is_some_and(|born| is_before_birth(at, born)) {
            return Err(PatientError::DiedBeforeBirth);
        }
        let mut demographics = demographics.clone();
        demographics.deceased = Some(Deceased { at: Some(at), told_by: Some(told_by) });
        Ok(vec![PatientEvent::PatientUpdated { demographics }])
    }

    /// Takes a death back that nothing told but a visit which never was. What somebody registered, or another visit told,
    /// stays.
    pub fn did_not_die(&self, told_by: EncounterId) -> Vec<PatientEvent> {
        let Self::Registered { demographics, standing, .. } = self else { return vec![] };
        let told = demographics.deceased.as_ref().and_then(|deceased| deceased.told_by);
        if told != Some(told_by) || matches!(standing, Standing::EnteredInError { .. }) {
            return vec![];
        }
        let mut demographics = demographics.clone();
        demographics.deceased = None;
        vec![PatientEvent::PatientUpdated { demographics }]
    }
}

impl Demographics {
    /// As they are registered by somebody who knows of `known`: a death that they tell otherwise than a visit did is theirs,
    /// and no longer the visit's.
    pub(super) fn registered_over(mut self, known: Option<&Deceased>) -> Self {
        if let Some(deceased) = self.deceased.as_mut().filter(|deceased| Some(&**deceased) != known) {
            deceased.told_by = None;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{EventSourced, patient::HumanName};

    const VISIT: EncounterId = EncounterId(Uuid::from_u128(1));
    const ANOTHER: EncounterId = EncounterId(Uuid::from_u128(2));

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

    fn told(hour: u32, told_by: Option<EncounterId>) -> Option<Deceased> {
        Some(Deceased { at: Some(at(hour)), told_by })
    }

    #[test]
    fn who_dies_in_a_visit_is_deceased_since_then_and_only_once() {
        let patient = given(None);
        assert_eq!(after(&patient, &patient.die(at(9), VISIT).unwrap()), told(9, Some(VISIT)));
        for known in [told(8, None), told(9, None), told(9, Some(ANOTHER)), Some(Deceased::since(None))] {
            assert_eq!(given(known).die(at(9), VISIT), Ok(vec![]), "it was known");
        }
        assert_eq!(Patient::Unregistered.die(at(9), VISIT), Ok(vec![]));
        let early = "1950-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(given(None).die(early, VISIT), Err(PatientError::DiedBeforeBirth));
    }

    /// The first of March in UTC is the second in Auckland.
    #[test]
    fn who_is_born_and_dies_past_midnight_did_not_die_before() {
        let died = "1954-03-01T13:00:00Z".parse().unwrap();
        assert_eq!(given(None).die(died, VISIT).map(|events| events.len()), Ok(1));
    }

    #[test]
    fn a_visit_that_never_was_takes_back_the_death_it_told_and_no_other() {
        let died = given(told(9, Some(VISIT)));
        assert_eq!(after(&died, &died.did_not_die(VISIT)), None);
        for other in [told(9, Some(ANOTHER)), told(9, None), Some(Deceased::since(None)), None] {
            assert_eq!(given(other).did_not_die(VISIT), vec![]);
        }
    }

    #[test]
    fn a_death_that_is_registered_is_no_longer_told_by_a_visit_alone() {
        let names = vec![HumanName { family: Some("Ferreira".into()), ..HumanName::default() }];
        let now = at(23);
        let person = |deceased| Demographics { names: names.clone(), deceased, ..Demographics::default() };
        let first = Patient::Unregistered.register(person(told(9, Some(VISIT))), now).unwrap();
        let registered = Patient::fold(&first);
        assert_eq!(after(&Patient::Unregistered, &first), told(9, None), "nobody registers what a visit tells");
        let same = registered.update(person(told(9, Some(VISIT))), now).unwrap();
        assert_eq!(same, vec![], "nor claims it afterwards");

        let died = given(told(9, Some(VISIT)));
        let moved = died.update(person(told(10, Some(VISIT))), now).unwrap();
        assert_eq!(after(&died, &moved), told(10, None));
        let kept = died.update(person(told(9, Some(VISIT))), now).unwrap();
        assert_eq!(after(&died, &kept), told(9, Some(VISIT)), "what changes something else leaves it");
    }
}
