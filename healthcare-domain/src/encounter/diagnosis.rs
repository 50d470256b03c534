//! The diagnoses of a visit: conditions of the patient, each listed for a use and in a place among those of its use.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Encounter, EncounterError, EncounterEvent};
use crate::{
    code::{CodeableConcept, Coding},
    id::ProblemId,
    text::Remark,
};

/// The most that a visit holds.
const MOST: usize = 200;

/// For what a condition is listed (FHIR diagnosis-role).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosisUse {
    /// AD: why they were admitted.
    Admission,
    /// DD: with what they leave; the first is the principal diagnosis.
    Discharge,
    /// CC: what they complained of.
    ChiefComplaint,
    /// CM: what they have beside.
    Comorbidity,
    /// pre-op: before an operation.
    PreOperative,
    /// post-op: after an operation.
    PostOperative,
    /// billing: for the account.
    Billing,
}

impl DiagnosisUse {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Admission,
        Self::Discharge,
        Self::ChiefComplaint,
        Self::Comorbidity,
        Self::PreOperative,
        Self::PostOperative,
        Self::Billing,
    ];

    /// The code of <http://terminology.hl7.org/CodeSystem/diagnosis-role>.
    pub fn coding(self) -> Coding {
        let (code, display) = match self {
            Self::Admission => ("AD", "Admission diagnosis"),
            Self::Discharge => ("DD", "Discharge diagnosis"),
            Self::ChiefComplaint => ("CC", "Chief complaint"),
            Self::Comorbidity => ("CM", "Comorbidity diagnosis"),
            Self::PreOperative => ("pre-op", "pre-op diagnosis"),
            Self::PostOperative => ("post-op", "post-op diagnosis"),
            Self::Billing => ("billing", "Billing"),
        };
        Coding::new("http://terminology.hl7.org/CodeSystem/diagnosis-role", code, display)
    }
}

/// A condition as a diagnosis of a visit (FHIR Encounter.diagnosis).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Diagnosis {
    /// The condition.
    pub problem: ProblemId,
    /// What it is, as it was when it was listed.
    pub code: CodeableConcept,
    /// For what it is listed.
    #[serde(rename = "use")]
    pub used: DiagnosisUse,
    /// Its place among those of its use, from 1, the principal one.
    pub rank: u16,
}

type Decided = Result<Vec<EncounterEvent>, EncounterError>;

impl Encounter {
    /// Lists a condition, before what stands at its rank; at the end where no rank is given. `known` says whether it was
    /// on record before. Diagnoses are also made and corrected after the discharge, when results come.
    ///
    /// # Errors
    /// When it is listed for that use, there is no such rank, or the visit takes none.
    pub fn list_diagnosis(
        &self,
        (problem, code): (ProblemId, CodeableConcept),
        used: DiagnosisUse,
        rank: Option<u16>,
        known: bool,
    ) -> Decided {
        let visit = self.known()?;
        if visit.diagnoses.iter().any(|one| one.problem == problem && one.used == used) {
            return Err(EncounterError::AlreadyListed);
        }
        if visit.diagnoses.len() >= MOST {
            return Err(EncounterError::TooMany);
        }
        let next = u16::try_from(visit.listed(used) + 1).map_err(|_| EncounterError::TooMany)?;
        let rank = rank.unwrap_or(next);
        if rank == 0 || rank > next {
            return Err(EncounterError::NoSuchRank);
        }
        Ok(vec![EncounterEvent::DiagnosisListed { diagnosis: Diagnosis { problem, code, used, rank }, known }])
    }

    /// Gives a diagnosis another place among those of its use. The same place again is no change.
    ///
    /// # Errors
    /// When it is not listed for that use, or there is no such rank.
    pub fn rank_diagnosis(&self, problem: ProblemId, used: DiagnosisUse, rank: u16) -> Decided {
        let visit = self.known()?;
        let listed = visit.diagnoses.iter().find(|one| one.problem == problem && one.used == used);
        let listed = listed.ok_or(EncounterError::NotListed)?;
        if rank == 0 || usize::from(rank) > visit.listed(used) {
            return Err(EncounterError::NoSuchRank);
        }
        Ok(if listed.rank == rank { vec![] } else { vec![EncounterEvent::DiagnosisRanked { problem, used, rank }] })
    }

    /// Takes a condition off the list; it stays on record.
    ///
    /// # Errors
    /// When it is not listed for that use.
    pub fn remove_diagnosis(&self, problem: ProblemId, used: DiagnosisUse, reason: Remark) -> Decided {
        let visit = self.known()?;
        if !visit.diagnoses.iter().any(|one| one.problem == problem && one.used == used) {
            return Err(EncounterError::NotListed);
        }
        Ok(vec![EncounterEvent::DiagnosisRemoved { problem, used, reason }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EventSourced,
        encounter::{Admission, EncounterClass},
    };

    fn problem(n: u128) -> ProblemId {
        ProblemId(uuid::Uuid::from_u128(n))
    }

    fn with(listed: &[(u128, Option<u16>)]) -> Encounter {
        let at = "2026-11-20T08:00:00Z".parse().unwrap();
        let admission = Admission::of(EncounterClass::Inpatient, at);
        let mut state = Encounter::fold(&Encounter::NotAdmitted.admit(admission, at).unwrap());
        for (n, rank) in listed {
            let what = (problem(*n), CodeableConcept::words(format!("condition {n}")));
            for event in state.list_diagnosis(what, DiagnosisUse::Discharge, *rank, true).unwrap() {
                state.apply(&event);
            }
        }
        state
    }

    fn order(state: &Encounter) -> Vec<(u16, u128)> {
        state.visit().unwrap().diagnoses.iter().map(|one| (one.rank, one.problem.0.as_u128())).collect()
    }

    #[test]
    fn the_first_is_the_principal_one_until_another_takes_its_place() {
        assert_eq!(order(&with(&[(1, None), (2, None)])), [(1, 1), (2, 2)]);
        assert_eq!(order(&with(&[(1, None), (2, None), (3, Some(1))])), [(1, 3), (2, 1), (3, 2)]);
    }

    #[test]
    fn a_diagnosis_is_ranked_anew_and_taken_off_without_a_gap() {
        let mut state = with(&[(1, None), (2, None), (3, None)]);
        for event in state.rank_diagnosis(problem(3), DiagnosisUse::Discharge, 1).unwrap() {
            state.apply(&event);
        }
        assert_eq!(order(&state), [(1, 3), (2, 1), (3, 2)]);
        assert_eq!(state.rank_diagnosis(problem(3), DiagnosisUse::Discharge, 1), Ok(vec![]));
        let reason = Remark::try_from("ruled out".to_owned()).unwrap();
        for event in state.remove_diagnosis(problem(1), DiagnosisUse::Discharge, reason).unwrap() {
            state.apply(&event);
        }
        assert_eq!(order(&state), [(1, 3), (2, 2)]);
    }

    #[test]
    fn nothing_is_listed_twice_for_one_use_or_beyond_the_list() {
        let state = with(&[(1, None)]);
        let again = |used, rank| state.list_diagnosis((problem(1), CodeableConcept::words("x")), used, rank, true);
        assert_eq!(again(DiagnosisUse::Discharge, None), Err(EncounterError::AlreadyListed));
        assert!(again(DiagnosisUse::Admission, None).is_ok());
        assert_eq!(again(DiagnosisUse::Billing, Some(2)), Err(EncounterError::NoSuchRank));
        assert_eq!(again(DiagnosisUse::Billing, Some(0)), Err(EncounterError::NoSuchRank));
        assert_eq!(state.rank_diagnosis(problem(2), DiagnosisUse::Discharge, 1), Err(EncounterError::NotListed));
        assert_eq!(state.rank_diagnosis(problem(1), DiagnosisUse::Discharge, 2), Err(EncounterError::NoSuchRank));
        let reason = Remark::try_from("never".to_owned()).unwrap();
        assert_eq!(state.remove_diagnosis(problem(1), DiagnosisUse::Billing, reason), Err(EncounterError::NotListed));
    }
}
