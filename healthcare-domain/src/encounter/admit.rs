//! Admission: a visit or stay is planned, or begins.

use chrono::{DateTime, Duration, Utc};

use super::{AHEAD, Admission, Encounter, EncounterError, EncounterEvent, Stage};

/// How far ahead a visit may be planned.
const PLANNED_AHEAD: Duration = Duration::days(2 * 366);

impl Encounter {
    /// Begins the visit, as one that is under way. Times up to five minutes ahead are taken, for clocks that differ.
    ///
    /// # Errors
    /// When it began already, or would begin in the future of `now`.
    pub fn admit(&self, admission: Admission, now: DateTime<Utc>) -> Result<Vec<EncounterEvent>, EncounterError> {
        self.begin(admission, Stage::InProgress, now)
    }

    /// Begins the visit at a stage: who comes to an emergency department arrives and waits.
    ///
    /// # Errors
    /// As [`Encounter::admit`]; when a visit of that class holds no bed; a visit begins with the patient there, so not on
    /// leave and not triaged.
    pub fn begin(
        &self,
        admission: Admission,
        stage: Stage,
        now: DateTime<Utc>,
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        self.unwritten()?;
        if admission.started_at > now + AHEAD {
            return Err(EncounterError::InTheFuture);
        }
        if admission.bed_id.is_some() && !admission.class.holds_a_bed() {
            return Err(EncounterError::HoldsNoBed);
        }
        if matches!(stage, Stage::Triaged | Stage::OnLeave) {
            return Err(EncounterError::NotNow(stage.as_str()));
        }
        Ok(vec![EncounterEvent::PatientAdmitted { admission: Box::new(admission), stage, overrides: vec![] }])
    }

    /// Plans a visit. It holds no bed until the patient comes.
    ///
    /// # Errors
    /// When it is recorded already, or would begin in the past or in more than two years.
    pub fn plan(&self, admission: Admission, now: DateTime<Utc>) -> Result<Vec<EncounterEvent>, EncounterError> {
        self.unwritten()?;
        if admission.started_at < now - AHEAD {
            return Err(EncounterError::OutOfOrder(now));
        }
        if admission.started_at > now + PLANNED_AHEAD {
            return Err(EncounterError::InTheFuture);
        }
        let admission = Admission { bed_id: None, ..admission };
        Ok(vec![EncounterEvent::EncounterPlanned { admission: Box::new(admission) }])
    }

    fn unwritten(&self) -> Result<(), EncounterError> {
        match self {
            Self::NotAdmitted => Ok(()),
            Self::Planned { .. } | Self::Admitted { .. } => Err(EncounterError::AlreadyAdmitted),
            Self::Discharged { .. } => Err(EncounterError::AlreadyDischarged),
            Self::Cancelled { .. } => Err(EncounterError::NotNow("cancelled")),
            Self::EnteredInError { .. } => Err(EncounterError::EnteredInError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, encounter::EncounterClass, id::BedId};

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap()
    }

    #[test]
    fn a_visit_begins_once_and_not_in_the_future() {
        let admission = Admission::of(EncounterClass::Inpatient, at(8));
        let begun = Encounter::fold(&Encounter::NotAdmitted.admit(admission.clone(), at(8)).unwrap());
        assert_eq!(begun.status(), "in-progress");
        assert_eq!(begun.admit(admission.clone(), at(9)), Err(EncounterError::AlreadyAdmitted));
        assert_eq!(Encounter::NotAdmitted.admit(admission, at(7)), Err(EncounterError::InTheFuture));
    }

    #[test]
    fn who_comes_in_an_emergency_arrives_and_is_neither_triaged_nor_away() {
        let admission = Admission::of(EncounterClass::Emergency, at(8));
        let begun = Encounter::NotAdmitted.begin(admission.clone(), Stage::Arrived, at(8)).unwrap();
        assert_eq!(Encounter::fold(&begun).status(), "arrived");
        for stage in [Stage::Triaged, Stage::OnLeave] {
            let refused = Encounter::NotAdmitted.begin(admission.clone(), stage, at(8));
            assert_eq!(refused, Err(EncounterError::NotNow(stage.as_str())));
        }
    }

    #[test]
    fn a_planned_visit_holds_no_bed_and_lies_ahead() {
        let bed = Some(BedId(uuid::Uuid::from_u128(1)));
        let admission = Admission { bed_id: bed, ..Admission::of(EncounterClass::Inpatient, at(12)) };
        let planned = Encounter::fold(&Encounter::NotAdmitted.plan(admission.clone(), at(8)).unwrap());
        assert_eq!((planned.status(), planned.holds()), ("planned", None));
        assert_eq!(Encounter::NotAdmitted.plan(admission.clone(), at(13)), Err(EncounterError::OutOfOrder(at(13))));
        let far = Admission { started_at: at(12) + Duration::days(800), ..admission };
        assert_eq!(Encounter::NotAdmitted.plan(far, at(8)), Err(EncounterError::InTheFuture));
    }

    #[test]
    fn a_stay_is_one_once_the_patient_is_seen_and_of_a_class_that_stays() {
        let begun = |class, stage| {
            Encounter::fold(&Encounter::NotAdmitted.begin(Admission::of(class, at(8)), stage, at(8)).unwrap())
        };
        assert!(begun(EncounterClass::Inpatient, Stage::InProgress).is_stay());
        assert!(!begun(EncounterClass::Inpatient, Stage::Arrived).is_stay(), "they wait");
        let emergency = begun(EncounterClass::Emergency, Stage::Arrived);
        assert!(!emergency.is_stay());
        let kept = emergency.change_class(EncounterClass::Observation, at(9), at(9)).unwrap();
        let mut stays = emergency;
        kept.iter().for_each(|event| stays.apply(event));
        assert!(stays.is_stay(), "who is admitted from the emergency department is seen from then on");
    }

    #[test]
    fn a_visit_by_telephone_holds_no_bed() {
        let bed_id = Some(BedId(uuid::Uuid::from_u128(1)));
        let admission = Admission { bed_id, ..Admission::of(EncounterClass::Virtual, at(8)) };
        assert_eq!(Encounter::NotAdmitted.admit(admission, at(8)), Err(EncounterError::HoldsNoBed));
    }
}
