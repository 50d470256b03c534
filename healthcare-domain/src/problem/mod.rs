//! The problem list.

mod amend;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    id::{EncounterId, ProblemId},
    reference::Identifier,
    text::Remark,
};

/// A diagnosis, symptom or other condition of a patient (FHIR Condition).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
}

impl Problem {
    /// Whether it is taken to be so: what was refuted or recorded in error is no condition.
    pub fn holds(&self) -> bool {
        !matches!(self.verification.as_deref(), Some("refuted" | "entered-in-error"))
    }

    /// Whether it was found during a visit, rather than put on the problem list (FHIR Condition.category).
    pub fn is_encounter_diagnosis(&self) -> bool {
        self.categories.iter().flat_map(|c| &c.coding).any(|c| c.code == "encounter-diagnosis")
    }
}

/// The state of one problem.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum ProblemRecord {
    /// Nothing recorded.
    #[default]
    Unrecorded,
    /// Active, and counted in every check.
    Active(Problem),
    /// Over since a time, where it is known.
    Resolved(Problem, Option<DateTime<Utc>>),
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
    },
    /// It is described otherwise now.
    ProblemAmended {
        /// All of it.
        problem: Problem,
    },
    /// It is over.
    ProblemResolved {
        /// Since when, if known.
        at: Option<DateTime<Utc>>,
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
}

impl Event for ProblemEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ProblemAdded { problem } if problem.is_encounter_diagnosis() => "encounter.diagnosis.added",
            Self::ProblemAdded { .. } => "patient.problem.added",
            Self::ProblemAmended { .. } => "patient.problem.amended",
            Self::ProblemResolved { .. } => "patient.problem.resolved",
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
            (_, ProblemEvent::ProblemAdded { problem }) => Self::Active(problem.clone()),
            (Self::Resolved(_, at), ProblemEvent::ProblemAmended { problem }) => Self::Resolved(problem.clone(), at),
            (_, ProblemEvent::ProblemAmended { problem }) => Self::Active(problem.clone()),
            (Self::Active(p) | Self::Resolved(p, _), ProblemEvent::ProblemResolved { at }) => Self::Resolved(p, *at),
            (
                Self::Active(p) | Self::Resolved(p, _) | Self::EnteredInError(p),
                ProblemEvent::ProblemEnteredInError { .. },
            ) => Self::EnteredInError(p),
            (unchanged, ProblemEvent::ProblemResolved { .. } | ProblemEvent::ProblemEnteredInError { .. }) => unchanged,
        };
    }
}

impl ProblemRecord {
    /// Puts a problem on the list.
    ///
    /// # Errors
    /// When the stream already holds one, or it has no name.
    pub fn add(&self, problem: Problem) -> Result<Vec<ProblemEvent>, ProblemError> {
        match self {
            Self::Unrecorded if problem.code.is_empty() => Err(ProblemError::Unnamed),
            Self::Unrecorded => Ok(vec![ProblemEvent::ProblemAdded { problem }]),
            Self::Active(_) | Self::Resolved(..) | Self::EnteredInError(_) => Err(ProblemError::AlreadyRecorded),
        }
    }

    /// Ends a problem.
    ///
    /// # Errors
    /// When it is not active, or would end before it began.
    pub fn resolve(&self, at: Option<DateTime<Utc>>) -> Result<Vec<ProblemEvent>, ProblemError> {
        match self {
            Self::Unrecorded => Err(ProblemError::Unrecorded),
            Self::Active(Problem { onset_at: Some(onset), .. }) if at.is_some_and(|at| at < *onset) => {
                Err(ProblemError::ResolvedBeforeOnset)
            }
            Self::Active(_) => Ok(vec![ProblemEvent::ProblemResolved { at }]),
            Self::Resolved(..) | Self::EnteredInError(_) => Err(ProblemError::NotActive),
        }
    }

    /// Strikes a problem out.
    ///
    /// # Errors
    /// When there is none, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<ProblemEvent>, ProblemError> {
        match self {
            Self::Unrecorded => Err(ProblemError::Unrecorded),
            Self::Active(_) | Self::Resolved(..) => Ok(vec![ProblemEvent::ProblemEnteredInError { reason }]),
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
        }
    }

    #[test]
    fn a_problem_does_not_end_before_it_began() {
        let active = ProblemRecord::Active(asthma());
        let earlier = Some("2019-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(active.resolve(earlier), Err(ProblemError::ResolvedBeforeOnset));
    }

    #[test]
    fn a_resolved_problem_is_not_resolved_again() {
        let mut record = ProblemRecord::fold(&ProblemRecord::Unrecorded.add(asthma()).unwrap());
        for event in record.resolve(None).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record.resolve(None), Err(ProblemError::NotActive));
    }
}
