//! Discharge: a visit or stay ends, with where the patient goes and a summary of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AHEAD, DiagnosisUse, Encounter, EncounterError, EncounterEvent, Stage};
use crate::{code::CodeableConcept, id::AccountId, text::Remark};

/// Where a patient goes at the end (FHIR discharge-disposition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Home.
    Home,
    /// Another hospital.
    OtherHcf,
    /// A hospice.
    Hosp,
    /// Long-term care.
    Long,
    /// Left against advice.
    Aadvice,
    /// Died.
    Exp,
    /// Psychiatric hospital.
    Psy,
    /// Rehabilitation.
    Rehab,
    /// Skilled nursing facility.
    Snf,
    /// Another place.
    Oth,
    /// The source does not say.
    Unknown,
}

impl Disposition {
    /// The code of <http://terminology.hl7.org/CodeSystem/discharge-disposition>; none where the source does not say.
    pub const fn code(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Home => Some(("home", "Home")),
            Self::OtherHcf => Some(("other-hcf", "Other healthcare facility")),
            Self::Hosp => Some(("hosp", "Hospice")),
            Self::Long => Some(("long", "Long-term care")),
            Self::Aadvice => Some(("aadvice", "Left against advice")),
            Self::Exp => Some(("exp", "Expired")),
            Self::Psy => Some(("psy", "Psychiatric hospital")),
            Self::Rehab => Some(("rehab", "Rehabilitation")),
            Self::Snf => Some(("snf", "Skilled nursing facility")),
            Self::Oth => Some(("oth", "Other")),
            Self::Unknown => None,
        }
    }

    /// Whether it is no discharge by anybody: the patient left or died.
    const fn without_leave(self) -> bool {
        matches!(self, Self::Aadvice | Self::Exp)
    }
}

/// The summary of a stay, for whoever goes on caring (LOINC 18842-5, Discharge summary).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargeSummary {
    /// What happened (LOINC 8648-8, Hospital course).
    pub course: Remark,
    /// How the patient is as they leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<CodeableConcept>,
    /// What was changed in their medication, and why (LOINC 10183-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medication: Option<Remark>,
    /// What the patient was told to do (LOINC 8653-8, Hospital discharge instructions).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Remark>,
    /// What is to follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub follow_up: Vec<FollowUp>,
}

/// Something that is to follow a stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What, and with whom.
    pub what: Remark,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<NaiveDate>,
}

/// What has to be there before somebody leaves a ward, as the house decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WardDemands)]
pub struct Demands {
    /// A discharge summary.
    #[serde(default)]
    pub summary: bool,
    /// A principal discharge diagnosis.
    #[serde(default)]
    pub diagnosis: bool,
}

impl Encounter {
    /// Ends the stay as somebody says it just now, with a summary if they give one: as [`Encounter::discharge`], and not
    /// before what happened last, not later than `now`, with what the ward demands. Who left or died leaves without.
    ///
    /// # Errors
    /// As [`Encounter::discharge`]; when nobody has seen them or they are on leave, unless they left or died or go to
    /// another hospital; when what the ward demands is not there; when the time cannot be.
    pub fn discharge_live(
        &self,
        (disposition, summary): (Disposition, Option<(DischargeSummary, AccountId)>),
        demands: Demands,
        (at, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        let ends = self.discharge(disposition, at)?;
        let (visit, stage) = self.open()?;
        Self::in_order(visit, at, now)?;
        match stage {
            Stage::OnLeave if !disposition.without_leave() => return Err(EncounterError::OnLeave),
            Stage::Arrived | Stage::Triaged if !disposition.without_leave() && disposition != Disposition::OtherHcf => {
                return Err(EncounterError::NotSeenYet);
            }
            Stage::Arrived | Stage::Triaged | Stage::InProgress | Stage::OnLeave => {}
        }
        if !disposition.without_leave() {
            if demands.summary && summary.is_none() && visit.summary.is_none() {
                return Err(EncounterError::NoSummary);
            }
            if demands.diagnosis && visit.listed(DiagnosisUse::Discharge) == 0 {
                return Err(EncounterError::NoDiagnosis);
            }
        }
        let written = summary.map(|(summary, by)| EncounterEvent::DischargeSummaryWritten {
            summary: Box::new(summary),
            by: Some(by),
            at: now,
        });
        Ok(written.into_iter().chain(ends).collect())
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
        let (visit, _) = self.open()?;
        if at < visit.admission.started_at {
            return Err(EncounterError::BeforeAdmission(visit.admission.started_at));
        }
        Ok(vec![EncounterEvent::PatientDischarged { disposition, at: Some(at) }])
    }

    /// Writes the summary of the stay, or writes it anew; also after the discharge, when results have come. The same
    /// again is no change.
    ///
    /// # Errors
    /// When there is no visit, or it was struck out or called off.
    pub fn write_summary(
        &self,
        summary: DischargeSummary,
        by: AccountId,
        now: DateTime<Utc>,
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        if self.known()?.summary.as_ref() == Some(&summary) {
            return Ok(vec![]);
        }
        Ok(vec![EncounterEvent::DischargeSummaryWritten { summary: Box::new(summary), by: Some(by), at: now }])
    }

    /// Whether a discharge at a time could be told of just now.
    ///
    /// # Errors
    /// When it lies in the future.
    pub fn not_to_come(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), EncounterError> {
        if at > now + AHEAD { Err(EncounterError::InTheFuture) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EventSourced,
        encounter::{Admission, EncounterClass, Place},
        id::ProblemId,
    };

    fn admitted() -> Encounter {
        let started_at = at(8);
        let admission = Admission::of(EncounterClass::Inpatient, started_at).at(Place::on("A"));
        Encounter::fold(&Encounter::NotAdmitted.admit(admission, started_at).unwrap())
    }

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap()
    }

    fn doctor() -> AccountId {
        AccountId(uuid::Uuid::from_u128(1))
    }

    fn summary() -> DischargeSummary {
        let course = Remark::try_from("Pneumonia, treated with amoxicillin.".to_owned()).unwrap();
        DischargeSummary { course, condition: None, medication: None, instructions: None, follow_up: vec![] }
    }

    fn live(
        state: &Encounter,
        disposition: Disposition,
        demands: Demands,
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        state.discharge_live((disposition, None), demands, (at(20), at(20)))
    }

    #[test]
    fn a_stay_ends_once() {
        let mut encounter = admitted();
        for event in encounter.discharge(Disposition::Home, at(9)).unwrap() {
            encounter.apply(&event);
        }
        assert_eq!(encounter.discharge(Disposition::Home, at(9)), Err(EncounterError::AlreadyDischarged));
    }

    #[test]
    fn a_stay_does_not_end_before_it_began() {
        assert!(matches!(admitted().discharge(Disposition::Home, at(7)), Err(EncounterError::BeforeAdmission(_))));
    }

    #[test]
    fn a_stay_does_not_end_in_the_future() {
        let home = (Disposition::Home, None);
        let later = at(9) + chrono::Duration::minutes(6);
        let refused = admitted().discharge_live(home.clone(), Demands::default(), (later, at(9)));
        assert_eq!(refused, Err(EncounterError::InTheFuture));
        assert!(admitted().discharge_live(home, Demands::default(), (at(9), at(9))).is_ok());
    }

    #[test]
    fn nobody_is_discharged_who_was_not_admitted() {
        assert_eq!(Encounter::NotAdmitted.discharge(Disposition::Home, at(9)), Err(EncounterError::NotAdmitted));
    }

    #[test]
    fn nobody_leaves_a_ward_without_what_it_demands_but_who_dies_or_walks_out() {
        let (wants_summary, wants_diagnosis) =
            (Demands { summary: true, diagnosis: false }, Demands { summary: false, diagnosis: true });
        assert_eq!(live(&admitted(), Disposition::Home, wants_summary), Err(EncounterError::NoSummary));
        assert_eq!(live(&admitted(), Disposition::Home, wants_diagnosis), Err(EncounterError::NoDiagnosis));
        for gone in [Disposition::Exp, Disposition::Aadvice] {
            assert!(live(&admitted(), gone, Demands { summary: true, diagnosis: true }).is_ok());
        }
        let with = (Disposition::Home, Some((summary(), doctor())));
        let events = admitted().discharge_live(with, wants_summary, (at(20), at(20))).unwrap();
        assert_eq!(events.len(), 2, "the summary and the end");
        let mut diagnosed = admitted();
        let what = (ProblemId(uuid::Uuid::from_u128(3)), CodeableConcept::words("Pneumonia"));
        for event in diagnosed.list_diagnosis(what, DiagnosisUse::Discharge, None, false).unwrap() {
            diagnosed.apply(&event);
        }
        assert!(live(&diagnosed, Disposition::Home, wants_diagnosis).is_ok());
    }

    #[test]
    fn who_waits_or_is_away_is_not_sent_home() {
        let admission = Admission::of(EncounterClass::Emergency, at(8));
        let waits = Encounter::fold(&Encounter::NotAdmitted.begin(admission, Stage::Arrived, at(8)).unwrap());
        assert_eq!(live(&waits, Disposition::Home, Demands::default()), Err(EncounterError::NotSeenYet));
        for gone in [Disposition::Aadvice, Disposition::OtherHcf, Disposition::Exp] {
            assert!(live(&waits, gone, Demands::default()).is_ok());
        }
        let mut away = admitted();
        for event in away.begin_leave((None, None), (at(9), at(9))).unwrap() {
            away.apply(&event);
        }
        assert_eq!(live(&away, Disposition::Home, Demands::default()), Err(EncounterError::OnLeave));
        assert!(live(&away, Disposition::Aadvice, Demands::default()).is_ok());
    }

    #[test]
    fn a_summary_is_written_anew_also_afterwards_and_the_same_again_is_nothing() {
        let mut over = admitted();
        for event in over.discharge(Disposition::Home, at(9)).unwrap() {
            over.apply(&event);
        }
        for event in over.write_summary(summary(), doctor(), at(10)).unwrap() {
            over.apply(&event);
        }
        assert_eq!(over.visit().unwrap().summary, Some(summary()));
        assert_eq!(over.write_summary(summary(), doctor(), at(11)), Ok(vec![]));
        assert_eq!(Encounter::NotAdmitted.write_summary(summary(), doctor(), at(9)), Err(EncounterError::NotAdmitted));
    }
}
