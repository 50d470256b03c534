//! Registering a patient and keeping their demographics.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Demographics, Patient, PatientError, PatientEvent, Standing};
use crate::lifetime::is_before_birth;

impl Patient {
    /// Brings a person into the record.
    ///
    /// # Errors
    /// When the identity is taken or the demographics cannot be true at `now`.
    pub fn register(&self, demographics: Demographics, now: DateTime<Utc>) -> Result<Vec<PatientEvent>, PatientError> {
        match self {
            Self::Registered { .. } => Err(PatientError::AlreadyRegistered),
            Self::Unregistered => {
                plausible(&demographics, now)?;
                let demographics = demographics.registered_over(None);
                Ok(vec![PatientEvent::PatientRegistered { demographics: Box::new(demographics) }])
            }
        }
    }

    /// Takes the demographics as they are now; the same again is no event.
    ///
    /// # Errors
    /// When nobody is registered, the registration was a mistake, or the demographics cannot be true at `now`.
    pub fn update(&self, demographics: Demographics, now: DateTime<Utc>) -> Result<Vec<PatientEvent>, PatientError> {
        match self {
            Self::Unregistered => Err(PatientError::Unregistered),
            Self::Registered { standing: Standing::EnteredInError { .. }, .. } => Err(PatientError::EnteredInError),
            Self::Registered { demographics: known, .. } => {
                let demographics = demographics.registered_over(known.deceased.as_ref());
                if **known == demographics {
                    return Ok(vec![]);
                }
                plausible(&demographics, now)?;
                Ok(vec![PatientEvent::PatientUpdated { demographics: Box::new(demographics) }])
            }
        }
    }
}

impl Demographics {
    /// Refuses a birth after the day that it is at the site: what somebody types there is held against its own calendar.
    ///
    /// # Errors
    /// When the birth date lies behind `today` as a whole.
    pub fn ensure_born_by(&self, today: NaiveDate) -> Result<(), PatientError> {
        match self.birth_date {
            Some(born) if born.first_day() > today => Err(PatientError::BornInTheFuture(born)),
            Some(_) | None => Ok(()),
        }
    }
}

/// Refuses what no living or dead person can be.
fn plausible(person: &Demographics, now: DateTime<Utc>) -> Result<(), PatientError> {
    if person.names.is_empty() || person.names.iter().any(super::HumanName::is_blank) {
        return Err(PatientError::NoName);
    }
    if person.contacts.iter().any(super::ContactPerson::is_nobody) {
        return Err(PatientError::ContactIsNobody);
    }
    if person.periods().any(super::Period::is_backwards) {
        return Err(PatientError::PeriodBackwards);
    }
    let died = person.deceased.as_ref().and_then(|d| d.at);
    if died.is_some_and(|died| died > now + chrono::Duration::days(1)) {
        return Err(PatientError::DiedInTheFuture);
    }
    if let Some(born) = person.birth_date {
        // A day of grace: what another house sends may come from where the calendar date has changed already.
        let tomorrow = now.date_naive().succ_opt().unwrap_or(NaiveDate::MAX);
        if born.first_day() > tomorrow {
            return Err(PatientError::BornInTheFuture(born));
        }
        // Nobody lives that long; how long ago somebody died, an archive may tell.
        let until = if person.deceased.is_some() {
            died.map_or(born.first_day(), |died| died.date_naive())
        } else {
            now.date_naive()
        };
        if born.years_until(until) > 150 {
            return Err(PatientError::BornTooLongAgo(born));
        }
        if let Some(died) = died
            && is_before_birth(died, born)
        {
            return Err(PatientError::DiedBeforeBirth);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, patient::HumanName};

    fn ana() -> Demographics {
        Demographics {
            names: vec![HumanName {
                family: Some("Ferreira".into()),
                given: vec!["Ana".into()],
                ..HumanName::default()
            }],
            birth_date: Some("1954-03-02".parse().unwrap()),
            ..Demographics::default()
        }
    }

    fn now() -> DateTime<Utc> {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_person_is_registered_once() {
        let patient = Patient::fold(&Patient::Unregistered.register(ana(), now()).unwrap());
        assert_eq!(patient.register(ana(), now()), Err(PatientError::AlreadyRegistered));
    }

    #[test]
    fn a_birth_in_the_future_is_refused() {
        let born = "2027-01-01".parse().unwrap();
        let unborn = Demographics { birth_date: Some(born), ..ana() };
        assert_eq!(Patient::Unregistered.register(unborn, now()), Err(PatientError::BornInTheFuture(born)));
    }

    #[test]
    fn what_is_typed_is_held_against_the_day_of_the_site() {
        let today = "2026-11-21".parse().unwrap();
        let born = |text: &str| Demographics { birth_date: Some(text.parse().unwrap()), ..ana() };
        for there_already in ["2026-11-21", "2026-11", "2026", "1954-03-02"] {
            assert_eq!(born(there_already).ensure_born_by(today), Ok(()), "{there_already}");
        }
        for ahead in ["2026-11-22", "2026-12", "2027"] {
            let refused = born(ahead).ensure_born_by(today);
            assert_eq!(refused, Err(PatientError::BornInTheFuture(ahead.parse().unwrap())));
        }
        assert_eq!(Demographics { birth_date: None, ..ana() }.ensure_born_by(today), Ok(()));
        // What is sent from elsewhere has a day more.
        assert!(Patient::Unregistered.register(born("2026-11-22"), now()).is_ok());
        assert!(Patient::Unregistered.register(born("2026-11-23"), now()).is_err());
    }

    #[test]
    fn a_death_before_birth_is_refused() {
        let at = Some("1950-01-01T00:00:00Z".parse().unwrap());
        let person = Demographics { deceased: Some(super::super::Deceased::since(at)), ..ana() };
        assert_eq!(Patient::Unregistered.register(person, now()), Err(PatientError::DiedBeforeBirth));
        let eve = Some("1954-03-01T13:00:00Z".parse().unwrap());
        let newborn = Demographics { deceased: Some(super::super::Deceased::since(eve)), ..ana() };
        assert!(Patient::Unregistered.register(newborn, now()).is_ok(), "it is the second elsewhere");
    }

    #[test]
    fn nobody_is_nameless() {
        let nameless = Demographics { names: vec![HumanName::default()], ..ana() };
        assert_eq!(Patient::Unregistered.register(nameless, now()), Err(PatientError::NoName));
    }

    #[test]
    fn who_died_may_be_born_long_ago_and_who_lives_may_not() {
        let born = Some("1822-12-27".parse().unwrap());
        let alive = Demographics { birth_date: born, ..ana() };
        let died = |at: &str| Some(super::super::Deceased::since(at.parse().ok()));
        let dead = |at: &str| Demographics { deceased: died(at), ..alive.clone() };
        assert!(matches!(Patient::Unregistered.register(alive.clone(), now()), Err(PatientError::BornTooLongAgo(_))));
        assert!(Patient::Unregistered.register(dead("1895-09-28T16:40:00Z"), now()).is_ok());
        assert!(Patient::Unregistered.register(dead("at some time"), now()).is_ok());
        let too_old = Patient::Unregistered.register(dead("2020-01-01T00:00:00Z"), now());
        assert!(matches!(too_old, Err(PatientError::BornTooLongAgo(_))));
    }

    #[test]
    fn an_update_that_changes_nothing_is_no_event() {
        let patient = Patient::fold(&Patient::Unregistered.register(ana(), now()).unwrap());
        assert_eq!(patient.update(ana(), now()), Ok(vec![]));
    }

    #[test]
    fn a_death_tomorrow_or_next_year_is_refused() {
        let person = |at: &str| {
            let at = Some(at.parse().unwrap());
            Demographics { deceased: Some(super::super::Deceased::since(at)), ..ana() }
        };
        assert!(Patient::Unregistered.register(person("2026-11-22T09:00:00Z"), now()).is_ok(), "a day of grace");
        let refused = Patient::Unregistered.register(person("2027-11-21T10:00:00Z"), now());
        assert_eq!(refused, Err(PatientError::DiedInTheFuture));
    }

    #[test]
    fn a_contact_is_somebody_and_a_period_begins_first() {
        use crate::patient::{Address, ContactPerson, ContactPoint, Period};
        let refused = |person: Demographics| Patient::Unregistered.register(person, now()).unwrap_err();
        let nobody =
            ContactPerson { relationships: vec![crate::code::CodeableConcept::words("Mother")], ..Default::default() };
        assert_eq!(refused(Demographics { contacts: vec![nobody.clone()], ..ana() }), PatientError::ContactIsNobody);
        let telecom =
            vec![ContactPoint { system: "phone".into(), value: "044 555 01 23".into(), ..Default::default() }];
        let mother = ContactPerson { telecom, ..nobody };
        assert!(
            Patient::Unregistered.register(Demographics { contacts: vec![mother.clone()], ..ana() }, now()).is_ok()
        );
        let backwards = Some(Period { start: "2024".parse().ok(), end: "2023-12-31".parse().ok() });
        assert!(!Period { start: "2024-05-02".parse().ok(), end: "2024".parse().ok() }.is_backwards());
        for wrong in [
            Demographics { addresses: vec![Address { period: backwards, ..Default::default() }], ..ana() },
            Demographics { telecom: vec![ContactPoint { period: backwards, ..mother.telecom[0].clone() }], ..ana() },
            Demographics { names: vec![HumanName { period: backwards, ..ana().names[0].clone() }], ..ana() },
            Demographics { contacts: vec![ContactPerson { period: backwards, ..mother.clone() }], ..ana() },
        ] {
            assert_eq!(refused(wrong), PatientError::PeriodBackwards);
        }
    }
}
