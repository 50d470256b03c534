//! The course of a visit: the patient comes, is triaged, seen, goes on leave and comes back; or it is called off.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Encounter, EncounterClass, EncounterError, EncounterEvent, Stage};
use crate::{code::CodeableConcept, id::AccountId, text::Remark};

/// By which scale a triage judges. All have five levels, of which 1 is the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriageScale {
    /// Emergency Severity Index, version 5 (Emergency Nurses Association, 2023).
    Esi,
    /// Manchester Triage System, 3rd edition (Manchester Triage Group, 2014): red, orange, yellow, green, blue.
    Manchester,
    /// Canadian Triage and Acuity Scale (CAEP, 2008).
    Ctas,
    /// Australasian Triage Scale (ACEM, 2016).
    Ats,
}

/// How urgent somebody's visit was judged to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Triage {
    /// By which scale.
    pub scale: TriageScale,
    /// 1 (at once) to 5 (not urgent).
    #[schema(minimum = 1, maximum = 5, example = 2)]
    pub level: u8,
    /// What they complain of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint: Option<CodeableConcept>,
    /// In the words of whoever judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Remark>,
}

type Decided = Result<Vec<EncounterEvent>, EncounterError>;

impl Encounter {
    /// Whoever was expected has come.
    ///
    /// # Errors
    /// When nobody is expected, or the time is to come.
    pub fn arrive(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> Decided {
        match self {
            Self::Planned { .. } if at > now + super::AHEAD => Err(EncounterError::InTheFuture),
            Self::Planned { .. } => Ok(vec![EncounterEvent::PatientArrived { at }]),
            Self::Admitted { stage, .. } => Err(EncounterError::NotNow(stage.as_str())),
            other => other.open().map(|_| vec![]),
        }
    }

    /// Judges how urgent it is; again while they wait, as their state changes.
    ///
    /// # Errors
    /// When they do not wait, there is no such level, or the time cannot be.
    pub fn triage(&self, triage: Triage, by: AccountId, (at, now): (DateTime<Utc>, DateTime<Utc>)) -> Decided {
        let (visit, stage) = self.open()?;
        if !matches!(stage, Stage::Arrived | Stage::Triaged) {
            return Err(EncounterError::NotNow(stage.as_str()));
        }
        if !(1..=5).contains(&triage.level) {
            return Err(EncounterError::NoSuchLevel);
        }
        Self::in_order(visit, at, now)?;
        if visit.triaged_at == Some(at) && visit.triage.as_ref() == Some(&triage) {
            return Ok(vec![]);
        }
        Ok(vec![EncounterEvent::PatientTriaged { triage: Some(triage), at, by: Some(by) }])
    }

    /// They are being seen from now on.
    ///
    /// # Errors
    /// When they do not wait, or the time cannot be.
    pub fn start(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> Decided {
        let (visit, stage) = self.open()?;
        if !matches!(stage, Stage::Arrived | Stage::Triaged) {
            return Err(EncounterError::NotNow(stage.as_str()));
        }
        Self::in_order(visit, at, now)?;
        Ok(vec![EncounterEvent::EncounterStarted { at, overrides: vec![] }])
    }

    /// They go away for a while. Their bed stays theirs.
    ///
    /// # Errors
    /// When they are not being seen, would be back before they go, or the time cannot be.
    pub fn begin_leave(
        &self,
        (until, reason): (Option<DateTime<Utc>>, Option<Remark>),
        (at, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Decided {
        let (visit, stage) = self.open()?;
        if stage != Stage::InProgress {
            return Err(EncounterError::NotNow(stage.as_str()));
        }
        Self::in_order(visit, at, now)?;
        if until.is_some_and(|until| until <= at) {
            return Err(EncounterError::OutOfOrder(at));
        }
        Ok(vec![EncounterEvent::LeaveBegun { at, until, reason }])
    }

    /// They are back.
    ///
    /// # Errors
    /// When they were not away, or the time cannot be.
    pub fn end_leave(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> Decided {
        let (visit, stage) = self.open()?;
        if stage != Stage::OnLeave {
            return Err(EncounterError::NotNow(stage.as_str()));
        }
        Self::in_order(visit, at, now)?;
        Ok(vec![EncounterEvent::LeaveEnded { at }])
    }

    /// The visit goes on as one of another class. Who comes to stay is being seen from then on. The same class again is
    /// no change.
    ///
    /// # Errors
    /// When they are away, a visit of this class does not become one of that, or the time cannot be.
    pub fn change_class(&self, class: EncounterClass, at: DateTime<Utc>, now: DateTime<Utc>) -> Decided {
        let (visit, stage) = self.open()?;
        if stage == Stage::OnLeave {
            return Err(EncounterError::OnLeave);
        }
        if visit.admission.class == class {
            return Ok(vec![]);
        }
        if !visit.admission.class.may_become(class) {
            return Err(EncounterError::ClassNotThence);
        }
        if visit.admission.bed_id.is_some() && !class.holds_a_bed() {
            return Err(EncounterError::HoldsNoBed);
        }
        Self::in_order(visit, at, now)?;
        let seen = (class.is_stay() && stage != Stage::InProgress)
            .then_some(EncounterEvent::EncounterStarted { at, overrides: vec![] });
        Ok(seen.into_iter().chain([EncounterEvent::ClassChanged { class, at, overrides: vec![] }]).collect())
    }

    /// Calls a visit off in which nobody was seen.
    ///
    /// # Errors
    /// When somebody was seen, or it is over.
    pub fn cancel(&self, reason: Remark, at: DateTime<Utc>) -> Decided {
        match self {
            Self::Planned { .. } | Self::Admitted { stage: Stage::Arrived | Stage::Triaged, .. } => {
                Ok(vec![EncounterEvent::EncounterCancelled { reason, at }])
            }
            Self::Admitted { stage, .. } => Err(EncounterError::NotNow(stage.as_str())),
            other => other.open().map(|_| vec![]),
        }
    }

    /// Strikes a visit out that never took place, e.g. of another patient.
    ///
    /// # Errors
    /// When there is none, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Decided {
        match self {
            Self::NotAdmitted => Err(EncounterError::NotAdmitted),
            Self::EnteredInError { .. } => Err(EncounterError::EnteredInError),
            Self::Planned { .. } | Self::Admitted { .. } | Self::Discharged { .. } | Self::Cancelled { .. } => {
                Ok(vec![EncounterEvent::EncounterEnteredInError { reason }])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, encounter::Admission};

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap()
    }

    fn then(state: &Encounter, events: Vec<EncounterEvent>) -> Encounter {
        let mut next = state.clone();
        events.iter().for_each(|event| next.apply(event));
        next
    }

    fn arrived() -> Encounter {
        let admission = Admission::of(EncounterClass::Emergency, at(8));
        Encounter::fold(&Encounter::NotAdmitted.begin(admission, Stage::Arrived, at(8)).unwrap())
    }

    fn nurse() -> AccountId {
        AccountId(uuid::Uuid::from_u128(1))
    }

    fn urgent(level: u8) -> Triage {
        Triage { scale: TriageScale::Manchester, level, complaint: None, note: None }
    }

    fn why() -> Remark {
        Remark::try_from("gone".to_owned()).unwrap()
    }

    #[test]
    fn an_emergency_is_triaged_again_while_it_waits_and_then_seen() {
        let triaged = then(&arrived(), arrived().triage(urgent(3), nurse(), (at(9), at(9))).unwrap());
        assert_eq!(triaged.status(), "triaged");
        assert_eq!(triaged.triage(urgent(3), nurse(), (at(9), at(9))), Ok(vec![]), "said twice");
        let again = then(&triaged, triaged.triage(urgent(3), nurse(), (at(10), at(10))).unwrap());
        assert_eq!(again.visit().unwrap().triaged_at, Some(at(10)), "looked at again, and found to be as before");
        assert!(matches!(again.start(at(9), at(11)), Err(EncounterError::OutOfOrder(_))));
        let graver = then(&again, again.triage(urgent(2), nurse(), (at(10), at(10))).unwrap());
        assert_eq!(graver.visit().unwrap().triage.as_ref().unwrap().level, 2);
        let seen = then(&graver, graver.start(at(11), at(11)).unwrap());
        assert_eq!(seen.triage(urgent(1), nurse(), (at(12), at(12))), Err(EncounterError::NotNow("in-progress")));
        assert_eq!(seen.start(at(12), at(12)), Err(EncounterError::NotNow("in-progress")));
    }

    #[test]
    fn a_triage_has_five_levels_and_its_time() {
        assert_eq!(arrived().triage(urgent(6), nurse(), (at(9), at(9))), Err(EncounterError::NoSuchLevel));
        assert_eq!(arrived().triage(urgent(0), nurse(), (at(9), at(9))), Err(EncounterError::NoSuchLevel));
        assert!(matches!(
            arrived().triage(urgent(1), nurse(), (at(7), at(9))),
            Err(EncounterError::BeforeAdmission(_))
        ));
        assert_eq!(arrived().triage(urgent(1), nurse(), (at(11), at(9))), Err(EncounterError::InTheFuture));
    }

    #[test]
    fn whoever_was_expected_comes_once() {
        let admission = Admission::of(EncounterClass::Ambulatory, at(12));
        let planned = Encounter::fold(&Encounter::NotAdmitted.plan(admission, at(8)).unwrap());
        assert_eq!(planned.start(at(12), at(12)), Err(EncounterError::NotNow("planned")));
        let here = then(&planned, planned.arrive(at(11), at(11)).unwrap());
        assert_eq!((here.status(), here.visit().unwrap().admission.started_at), ("arrived", at(11)));
        assert_eq!(here.arrive(at(12), at(12)), Err(EncounterError::NotNow("arrived")));
        assert_eq!(planned.arrive(at(12), at(11)), Err(EncounterError::InTheFuture));
    }

    #[test]
    fn who_is_away_comes_back_and_does_nothing_else_meanwhile() {
        let seen = then(&arrived(), arrived().start(at(9), at(9)).unwrap());
        let away = then(&seen, seen.begin_leave((Some(at(20)), None), (at(10), at(10))).unwrap());
        assert_eq!(away.status(), "onleave");
        assert_eq!(away.begin_leave((None, None), (at(11), at(11))), Err(EncounterError::NotNow("onleave")));
        assert_eq!(away.change_class(EncounterClass::Inpatient, at(11), at(11)), Err(EncounterError::OnLeave));
        let back = then(&away, away.end_leave(at(19), at(19)).unwrap());
        assert_eq!(back.status(), "in-progress");
        assert_eq!(back.end_leave(at(20), at(20)), Err(EncounterError::NotNow("in-progress")));
        assert_eq!(seen.begin_leave((Some(at(9)), None), (at(10), at(10))), Err(EncounterError::OutOfOrder(at(10))));
    }

    #[test]
    fn an_emergency_becomes_a_stay_within_one_visit_and_a_stay_no_emergency() {
        let stays = then(&arrived(), arrived().change_class(EncounterClass::Inpatient, at(9), at(9)).unwrap());
        let visit = stays.visit().unwrap();
        assert_eq!((stays.status(), visit.admission.class), ("in-progress", EncounterClass::Inpatient));
        let classes: Vec<_> = visit.classes.iter().map(|was| (was.class, was.since)).collect();
        assert_eq!(classes, [(EncounterClass::Emergency, at(8)), (EncounterClass::Inpatient, at(9))]);
        assert_eq!(stays.change_class(EncounterClass::Inpatient, at(10), at(10)), Ok(vec![]));
        assert_eq!(stays.change_class(EncounterClass::Emergency, at(10), at(10)), Err(EncounterError::ClassNotThence));
    }

    #[test]
    fn nothing_happens_before_what_happened_last() {
        let seen = then(&arrived(), arrived().start(at(10), at(10)).unwrap());
        assert_eq!(
            seen.change_class(EncounterClass::Inpatient, at(9), at(11)),
            Err(EncounterError::OutOfOrder(at(10)))
        );
    }

    #[test]
    fn a_visit_is_called_off_until_somebody_was_seen() {
        assert_eq!(then(&arrived(), arrived().cancel(why(), at(9)).unwrap()).status(), "cancelled");
        let seen = then(&arrived(), arrived().start(at(9), at(9)).unwrap());
        assert_eq!(seen.cancel(why(), at(9)), Err(EncounterError::NotNow("in-progress")));
        assert_eq!(Encounter::NotAdmitted.cancel(why(), at(9)), Err(EncounterError::NotAdmitted));
    }

    #[test]
    fn a_visit_is_struck_out_once_whatever_it_was() {
        let struck = then(&arrived(), arrived().enter_in_error(why()).unwrap());
        assert_eq!((struck.status(), struck.holds()), ("entered-in-error", None));
        assert_eq!(struck.enter_in_error(why()), Err(EncounterError::EnteredInError));
        assert_eq!(struck.start(at(9), at(9)), Err(EncounterError::EnteredInError));
    }
}
