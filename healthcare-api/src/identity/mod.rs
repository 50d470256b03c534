//! Registrations of one person over REST: matching, the queue of duplicates, merging and taking a merge back.

mod dismiss_duplicate;
mod list_duplicates;
mod match_patients;
mod merge_patients;
mod unmerge_patients;

use actix_web::http::StatusCode;
use healthcare_domain::identity::IdentityError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(match_patients::match_patients)
        .service(list_duplicates::list_duplicates)
        .service(dismiss_duplicate::dismiss_duplicate)
        .service(merge_patients::merge_patients)
        .service(unmerge_patients::unmerge_patients);
}

impl DomainProblem for IdentityError {
    const CONTEXT: &'static str = "identity";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let conflict = StatusCode::CONFLICT;
        match self {
            Self::Same => (StatusCode::UNPROCESSABLE_ENTITY, "same", "A patient is not merged with themselves"),
            Self::AlreadyMerged { .. } => (conflict, "already-merged", "The patient was merged before"),
            Self::NotMerged => (conflict, "not-merged", "The patient is not merged into this one"),
            Self::SurvivorMerged { .. } => (conflict, "survivor-merged", "The surviving patient was itself merged"),
            Self::NotAssignable => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "not-assignable",
                "An entry cannot be assigned to the restored patient",
            ),
            Self::AlreadyDistinct => (conflict, "already-distinct", "The two were found to be different people before"),
            Self::NotInUse => {
                (conflict, "not-in-use", "The surviving record is not in use, or one of them is a mistake")
            }
            Self::Changed => {
                (StatusCode::PRECONDITION_FAILED, "changed", "One of the two was changed since you saw them")
            }
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Same | Self::AlreadyMerged { .. } | Self::NotMerged => Some("/duplicate"),
            Self::NotAssignable => Some("/assign"),
            Self::SurvivorMerged { .. } | Self::AlreadyDistinct | Self::NotInUse | Self::Changed => None,
        }
    }
}
