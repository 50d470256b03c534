//! The problem list.

mod amend;
#[cfg(test)]
mod properties;
mod verify;

pub use verify::{ProblemVerification, UnknownVerification};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    id::{EncounterId, ProblemId},
    lifetime::is_before_conception,
    partial_date::PartialDate,
    reference::Identifier,
    signing::Override,
    text::Remark,
};

/// A diagnosis, symptom or other condition of a patient (FHIR Condition).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListedProblem)]
pub struct Problem {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// What it is.
    pub code: CodeableConcept,
    /// FHIR Condition.category, e.g. `problem-list-item`, `encounter-diagnosis`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CodeableConcept>,
    /// FHIR Condition.verificationStatus as a code, e.g. `confirmed`, `provisional`.
    #[serde(default)]
    pub verification: Option<String>,
    /// How bad it is.
    #[serde(default)]
    pub severity: Option<CodeableConcept>,
    /// When it began.
    #[serde(default)]
    pub onset_at: Option<DateTime<Utc>>,
    /// During which visit it was found.
    #[serde(default)]
    pub encounter: Option<EncounterId>,
    /// Where on the body, and on which side, as its source told it beside the code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body_sites: Vec<CodeableConcept>,
    /// What its source remarked on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Problem {
    /// Whether it is taken to be so: what was refuted or recorded in error is no condition.
    pub fn holds(&self) -> bool {
        !matches!(self.verification.as_deref(), Some("refuted" | "entered-in-error"))
    }

    /// Whether it can have begun when it says, in somebody who was born then, for what somebody says just now. What another
    /// system kept of the past is taken as it comes.
    ///
    /// # Errors
    /// When it began before they were conceived, or has not begun yet.
    pub fn ensure_of_life(&self, born: Option<PartialDate>, now: DateTime<Utc>) -> Result<(), ProblemError> {
        match self.onset_at {
            Some(onset) if is_before_conception(onset, born) => Err(ProblemError::OnsetBeforeBirth),
            Some(onset) if onset > now + chrono::Duration::minutes(5) => Err(ProblemError::OnsetInTheFuture),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether it was found during a visit, rather than put on the problem list (FHIR Condition.category).
    pub fn is_encounter_diagnosis(&self) -> bool {
        self.categories.iter().flat_map(|c| &c.coding).any(|c| c.code == "encounter-diagnosis")
    }
}

/// How an active problem is active (FHIR Condition.clinicalStatus).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ProblemActivity)]
pub enum Activity {
    /// It is there.
    #[default]
    Active,
    /// It came back after it had been over.
    Recurrence,
    /// It came back after it had become better.
    Relapse,
}

impl Activity {
    /// FHIR's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Recurrence => "recurrence",
            Self::Relapse => "relapse",
        }
    }
}

/// How a problem that is over ended (FHIR Condition.clinicalStatus).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ProblemEnding)]
pub enum Ending {
    /// It is gone.
    #[default]
    Resolved,
    /// It may come back.
    Remission,
    /// It no longer troubles them.
    Inactive,
}

impl Ending {
    /// FHIR's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Remission => "remission",
            Self::Inactive => "inactive",
        }
    }

    fn is_resolved(&self) -> bool {
        *self == Self::Resolved
    }
}

/// The state of one problem.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum ProblemRecord {
    /// Nothing recorded.
    #[default]
    Unrecorded,
    /// Active, and counted in every check.
    Active(Problem, Activity),
    /// Over since a time, where it is known.
    Resolved(Problem, Option<DateTime<Utc>>, Ending),
    /// Never was.
    EnteredInError(Problem),
}

/// What can happen to a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ProblemEvent {
    /// It was added to the list.
    ProblemAdded {
        /// What it is.
        problem: Problem,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// It is described otherwise now.
    ProblemAmended {
        /// All of it.
        problem: Problem,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// It is over.
    ProblemResolved {
        /// Since when, if known.
        at: Option<DateTime<Utc>>,
        /// How it ended.
        #[serde(default, skip_serializing_if = "Ending::is_resolved")]
        how: Ending,
    },
    /// It is there again.
    ProblemReactivated {
        /// Since when, if known.
        at: Option<DateTime<Utc>>,
        /// How it came back.
        how: Activity,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// How sure it is was decided anew.
    ProblemVerified {
        /// How sure.
        verification: ProblemVerification,
        /// Why, where something that was sure no longer is.
        #[serde(default)]
        reason: Option<Remark>,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// It was recorded in error.
    ProblemEnteredInError {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about a problem is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProblemError {
    /// There is no such problem.
    #[error("there is no such problem")]
    Unrecorded,
    /// It is on the list already.
    #[error("the problem is already recorded")]
    AlreadyRecorded,
    /// It is resolved or struck out.
    #[error("the problem is no longer active")]
    NotActive,
    /// It names nothing.
    #[error("a problem is named by a code or in words")]
    Unnamed,
    /// It cannot end before it began.
    #[error("the problem cannot be resolved before its onset")]
    ResolvedBeforeOnset,
    /// It is active.
    #[error("the problem is active")]
    Active,
    /// It came back before it had ended.
    #[error("the problem cannot be back before it ended")]
    BackBeforeEnd,
    /// What was sure, or ruled out, is so no longer for a reason.
    #[error("what was confirmed or refuted is changed with a reason")]
    NeedsReason,
    /// It lies in the future.
    #[error("the time lies in the future")]
    InTheFuture,
    /// It began before the patient lived.
    #[error("the onset lies before the patient's birth, or before 1850")]
    OnsetBeforeBirth,
    /// It has not begun yet.
    #[error("the onset lies in the future")]
    OnsetInTheFuture,
}

impl Event for ProblemEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ProblemAdded { problem, .. } if problem.is_encounter_diagnosis() => "encounter.diagnosis.added",
            Self::ProblemAdded { .. } => "patient.problem.added",
            Self::ProblemAmended { .. } => "patient.problem.amended",
            Self::ProblemResolved { .. } => "patient.problem.resolved",
            Self::ProblemReactivated { .. } => "patient.problem.reactivated",
            Self::ProblemVerified { .. } => "patient.problem.verified",
            Self::ProblemEnteredInError { .. } => "patient.problem.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Condition"
    }
}

impl EventSourced for ProblemRecord {
    type Id = ProblemId;
    type Event = ProblemEvent;
    type Error = ProblemError;
    const STREAM: StreamType = StreamType::Problem;

    fn apply(&mut self, event: &ProblemEvent) {
        *self = match (std::mem::take(self), event) {
            (_, ProblemEvent::ProblemAdded { problem, .. }) => Self::Active(problem.clone(), Activity::Active),
            (Self::Resolved(_, at, how), ProblemEvent::ProblemAmended { problem, .. }) => {
                Self::Resolved(problem.clone(), at, how)
            }
            (Self::Active(_, how), ProblemEvent::ProblemAmended { problem, .. }) => Self::Active(problem.clone(), how),
            (_, ProblemEvent::ProblemAmended { problem, .. }) => Self::Active(problem.clone(), Activity::Active),
            (Self::Active(p, _) | Self::Resolved(p, ..), ProblemEvent::ProblemResolved { at, how }) => {
                Self::Resolved(p, *at, *how)
            }
            (Self::Active(p, _) | Self::Resolved(p, ..), ProblemEvent::ProblemReactivated { how, .. }) => {
                Self::Active(p, *how)
            }
            (Self::Active(p, how), ProblemEvent::ProblemVerified { verification, .. }) => {
                Self::Active(p.verified(*verification), how)
            }
            (Self::Resolved(p, at, how), ProblemEvent::ProblemVerified { verification, .. }) => {
                Self::Resolved(p.verified(*verification), at, how)
            }
            (
                Self::Active(p, _) | Self::Resolved(p, ..) | Self::EnteredInError(p),
                ProblemEvent::ProblemEnteredInError { .. },
            ) => Self::EnteredInError(p),
            (
                unchanged @ (Self::Unrecorded | Self::EnteredInError(_)),
                ProblemEvent::ProblemResolved { .. }
                | ProblemEvent::ProblemReactivated { .. }
                | ProblemEvent::ProblemVerified { .. }
                | ProblemEvent::ProblemEnteredInError { .. },
            ) => unchanged,
        };
    }
}

impl ProblemRecord {
    /// Whether it counts in checks: it is active, and taken to be so.
    pub fn counts(&self) -> bool {
        match self {
            Self::Active(problem, _) => problem.holds(),
            Self::Unrecorded | Self::Resolved(..) | Self::EnteredInError(_) => false,
        }
    }

    /// Puts a problem on the list.
    ///
    /// # Errors
    /// When the stream already holds one, or it has no name.
    pub fn add(&self, problem: Problem) -> Result<Vec<ProblemEvent>, ProblemError> {
        match self {
            Self::Unrecorded if problem.code.is_empty() => Err(ProblemError::Unnamed),
            Self::Unrecorded => Ok(vec![ProblemEvent::ProblemAdded { problem, overrides: vec![] }]),
            Self::Active(..) | Self::Resolved(..) | Self::EnteredInError(_) => Err(ProblemError::AlreadyRecorded),
        }
    }

    /// Ends a problem: it is gone, better, or troubles them no longer.
    ///
    /// # Errors
    /// When it is not active, or would end before it began.
    pub fn resolve(&self, at: Option<DateTime<Utc>>, how: Ending) -> Result<Vec<ProblemEvent>, ProblemError> {
        match self {
            Self::Unrecorded => Err(ProblemError::Unrecorded),
            Self::Active(Problem { onset_at: Some(onset), .. }, _) if at.is_some_and(|at| at < *onset) => {
                Err(ProblemError::ResolvedBeforeOnset)
            }
            Self::Active(..) => Ok(vec![ProblemEvent::ProblemResolved { at, how }]),
            Self::Resolved(..) | Self::EnteredInError(_) => Err(ProblemError::NotActive),
        }
    }

    /// Puts a problem back that was over. What was in remission relapses; what was gone recurs; what only did not trouble
    /// them is active again.
    ///
    /// # Errors
    /// When it is active or was struck out, would be back before it ended, or only will be.
    pub fn reactivate(&self, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Vec<ProblemEvent>, ProblemError> {
        match self {
            Self::Unrecorded => Err(ProblemError::Unrecorded),
            Self::Active(..) => Err(ProblemError::Active),
            Self::EnteredInError(_) => Err(ProblemError::NotActive),
            Self::Resolved(_, Some(ended), _) if at.is_some_and(|at| at < *ended) => Err(ProblemError::BackBeforeEnd),
            Self::Resolved(..) if at.is_some_and(|at| at > now + chrono::Duration::minutes(5)) => {
                Err(ProblemError::InTheFuture)
            }
            Self::Resolved(_, _, ending) => {
                let how = match ending {
                    Ending::Resolved => Activity::Recurrence,
                    Ending::Remission => Activity::Relapse,
                    Ending::Inactive => Activity::Active,
                };
                Ok(vec![ProblemEvent::ProblemReactivated { at, how, overrides: vec![] }])
            }
        }
    }

    /// Strikes a problem out.
    ///
    /// # Errors
    /// When there is none, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<ProblemEvent>, ProblemError> {
        match self {
            Self::Unrecorded => Err(ProblemError::Unrecorded),
            Self::Active(..) | Self::Resolved(..) => Ok(vec![ProblemEvent::ProblemEnteredInError { reason }]),
            Self::EnteredInError(_) => Err(ProblemError::NotActive),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asthma() -> Problem {
        Problem {
            identifiers: vec![],
            code: CodeableConcept::words("Asthma"),
            categories: vec![],
            verification: None,
            severity: None,
            onset_at: Some("2020-01-01T00:00:00Z".parse().unwrap()),
            encounter: None,
            body_sites: vec![],
            note: None,
        }
    }

    #[test]
    fn a_problem_does_not_end_before_it_began() {
        let active = ProblemRecord::Active(asthma(), Activity::Active);
        let earlier = Some("2019-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(active.resolve(earlier, Ending::Resolved), Err(ProblemError::ResolvedBeforeOnset));
    }

    #[test]
    fn a_resolved_problem_is_not_resolved_again() {
        let mut record = ProblemRecord::fold(&ProblemRecord::Unrecorded.add(asthma()).unwrap());
        for event in record.resolve(None, Ending::Resolved).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record.resolve(None, Ending::Resolved), Err(ProblemError::NotActive));
    }

    #[test]
    fn a_problem_comes_back_as_it_ended() {
        let at = |year: u32| Some(format!("{year}-01-01T00:00:00Z").parse().unwrap());
        let now = at(2026).unwrap();
        for (ending, activity) in [
            (Ending::Resolved, Activity::Recurrence),
            (Ending::Remission, Activity::Relapse),
            (Ending::Inactive, Activity::Active),
        ] {
            let mut record = ProblemRecord::Active(asthma(), Activity::Active);
            for event in record.resolve(at(2022), ending).unwrap() {
                record.apply(&event);
            }
            assert_eq!(record.reactivate(at(2021), now), Err(ProblemError::BackBeforeEnd));
            assert_eq!(record.reactivate(at(2027), now), Err(ProblemError::InTheFuture));
            for event in record.reactivate(at(2023), now).unwrap() {
                record.apply(&event);
            }
            assert_eq!(record, ProblemRecord::Active(asthma(), activity));
            assert_eq!(record.reactivate(None, now), Err(ProblemError::Active));
        }
    }

    #[test]
    fn what_counts_in_checks_is_active_and_taken_to_be_so() {
        let refuted = Problem { verification: Some("refuted".into()), ..asthma() };
        assert!(ProblemRecord::Active(asthma(), Activity::Active).counts());
        assert!(!ProblemRecord::Active(refuted, Activity::Active).counts());
        assert!(!ProblemRecord::Resolved(asthma(), None, Ending::Resolved).counts());
        assert!(!ProblemRecord::EnteredInError(asthma()).counts());
        assert!(!ProblemRecord::Unrecorded.counts());
    }

    #[test]
    fn what_was_stored_before_problems_were_signed_when_amended_is_still_read() {
        for stored in [
            r#"{"type":"ProblemReactivated","at":null,"how":"recurrence"}"#,
            r#"{"type":"ProblemVerified","verification":"confirmed","reason":null}"#,
        ] {
            let event: ProblemEvent = serde_json::from_str(stored).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), stored);
        }
    }

    #[test]
    fn what_was_stored_before_endings_were_told_apart_is_still_read() {
        let stored = r#"{"type":"ProblemResolved","at":null}"#;
        let event: ProblemEvent = serde_json::from_str(stored).unwrap();
        assert_eq!(event, ProblemEvent::ProblemResolved { at: None, how: Ending::Resolved });
        assert_eq!(serde_json::to_string(&event).unwrap(), stored);
    }
}
