//! What a visit refuses, over HTTP.

use actix_web::http::StatusCode;
use healthcare_application::encounter::{DiagnosisRefused, VisitError};
use healthcare_domain::encounter::EncounterError;
use serde_json::json;

use crate::problem::{DomainProblem, Problem};

const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
const CONFLICT: StatusCode = StatusCode::CONFLICT;
const CANNOT_BE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

impl From<VisitError> for Problem {
    fn from(error: VisitError) -> Self {
        match error {
            VisitError::NotFree(bed) => Self::new(CONFLICT, "/problems/bed/not-free", "The bed is not free")
                .detail("`bed` tells which it is, and why.")
                .with(json!({ "bed": bed })),
            VisitError::InTheHouse(told) => {
                let problem =
                    Self::new(CONFLICT, "/problems/encounter/in-the-house", "The patient is an inpatient already");
                match told {
                    Some(encounter) => problem
                        .detail("`encounter` is the stay that is open: go on with it, or discharge them from it first.")
                        .with(json!({ "encounter": encounter })),
                    None => problem
                        .detail("Those who care for them go on with the stay that is open, or discharge them first."),
                }
            }
            VisitError::Command(error) => error.into(),
        }
    }
}

impl DomainProblem for EncounterError {
    const CONTEXT: &'static str = "encounter";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotAdmitted => (NOT_FOUND, "not-admitted", "There is no such encounter"),
            Self::AlreadyAdmitted => (CONFLICT, "already-admitted", "The patient is already admitted"),
            Self::AlreadyDischarged => (CONFLICT, "already-discharged", "The encounter has ended"),
            Self::EnteredInError => (CONFLICT, "entered-in-error", "The encounter was entered in error"),
            Self::NotNow(_) => (CONFLICT, "not-now", "The encounter stands where this cannot be done"),
            Self::BeforeAdmission(_) => (CANNOT_BE, "before-admission", "The time lies before the admission"),
            Self::OutOfOrder(_) => (CANNOT_BE, "out-of-order", "The time lies before what happened last"),
            Self::InTheFuture => (CANNOT_BE, "in-the-future", "The time lies in the future"),
            Self::ClassNotThence => (CONFLICT, "class-not-thence", "A visit of this class does not become one of that"),
            Self::AlreadyParticipant => (CONFLICT, "already-participant", "They take part in that role"),
            Self::NotParticipant => (CONFLICT, "not-participant", "They do not take part in that role"),
            Self::AlreadyListed => (CONFLICT, "already-listed", "The condition is listed for that use"),
            Self::NotListed => (CONFLICT, "not-listed", "The condition is not listed for that use"),
            Self::NoSuchRank => (CANNOT_BE, "no-such-rank", "A rank lies within the list"),
            Self::TooMany => (CONFLICT, "too-many", "The visit holds as many as it can"),
            Self::NoSuchLevel => (CANNOT_BE, "no-such-level", "A triage has five levels"),
            Self::NoSummary => (CONFLICT, "no-summary", "The ward asks for a discharge summary"),
            Self::NoDiagnosis => (CONFLICT, "no-diagnosis", "The ward asks for a principal discharge diagnosis"),
            Self::NotSeenYet => (CONFLICT, "not-seen-yet", "Nobody has seen the patient yet"),
            Self::OnLeave => (CONFLICT, "on-leave", "The patient is on leave"),
            Self::BedElsewhere => (CANNOT_BE, "bed-elsewhere", "The bed stands elsewhere"),
            Self::NoSuchBed => (CANNOT_BE, "no-such-bed", "The ward has no such bed"),
            Self::NoSuchWard => (CANNOT_BE, "no-such-ward", "The house has no such ward"),
            Self::DiedBeforeBirth => (CANNOT_BE, "died-before-birth", "The death lies before the birth"),
            Self::HoldsNoBed => (CANNOT_BE, "holds-no-bed", "A visit of this class holds no bed"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchRank => Some("/rank"),
            Self::NoSuchLevel => Some("/level"),
            Self::BedElsewhere | Self::NoSuchBed => Some("/bed"),
            Self::NoSuchWard => Some("/ward"),
            Self::DiedBeforeBirth => Some("/at"),
            _ => None,
        }
    }
}

impl DomainProblem for DiagnosisRefused {
    const CONTEXT: &'static str = "encounter";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Encounter(error) => error.kind(),
            Self::Problem(error) => error.kind(),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Encounter(error) => error.pointer(),
            Self::Problem(error) => error.pointer(),
        }
    }
}
