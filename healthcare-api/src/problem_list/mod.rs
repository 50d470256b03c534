//! The problem list over REST.

mod add_problem;
mod amend_problem;
mod enter_problem_in_error;
mod get_problem;
mod reactivate_problem;
mod resolve_problem;
mod verify_problem;

pub(crate) use add_problem::AddProblem;

use actix_web::http::StatusCode;
use healthcare_domain::problem::ProblemError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(add_problem::add_problem)
        .service(amend_problem::amend_problem)
        .service(get_problem::get_problem)
        .service(resolve_problem::resolve_problem)
        .service(reactivate_problem::reactivate_problem)
        .service(verify_problem::verify_problem)
        .service(enter_problem_in_error::enter_problem_in_error);
}

impl DomainProblem for ProblemError {
    const CONTEXT: &'static str = "problem";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unrecorded => (StatusCode::NOT_FOUND, "unrecorded", "There is no such problem"),
            Self::AlreadyRecorded => (StatusCode::CONFLICT, "already-recorded", "The problem is already recorded"),
            Self::NotActive => (StatusCode::CONFLICT, "not-active", "The problem is no longer active"),
            Self::Unnamed => (cannot_be, "unnamed", "A problem has a name"),
            Self::Active => (StatusCode::CONFLICT, "active", "The problem is active"),
            Self::BackBeforeEnd => (cannot_be, "back-before-end", "A problem is back after it ended"),
            Self::NeedsReason => (cannot_be, "needs-reason", "What was settled is changed with a reason"),
            Self::InTheFuture => (cannot_be, "in-the-future", "The time lies in the future"),
            Self::OnsetBeforeBirth => (cannot_be, "onset-before-birth", "The onset lies before the patient lived"),
            Self::OnsetInTheFuture => (cannot_be, "onset-in-the-future", "The onset lies in the future"),
            Self::ResolvedBeforeOnset => (cannot_be, "resolved-before-onset", "A problem ends after it began"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Unnamed => Some("/code"),
            Self::ResolvedBeforeOnset | Self::BackBeforeEnd | Self::InTheFuture => Some("/at"),
            Self::OnsetBeforeBirth | Self::OnsetInTheFuture => Some("/onset_at"),
            Self::NeedsReason => Some("/reason"),
            Self::Unrecorded | Self::AlreadyRecorded | Self::NotActive | Self::Active => None,
        }
    }
}
