//! The problem list over REST.

mod add_problem;
mod amend_problem;
mod enter_problem_in_error;
mod resolve_problem;

pub(crate) use add_problem::AddProblem;

use actix_web::http::StatusCode;
use healthcare_domain::problem::ProblemError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::DomainProblem;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(add_problem::add_problem)
        .service(amend_problem::amend_problem)
        .service(resolve_problem::resolve_problem)
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
            Self::ResolvedBeforeOnset => (cannot_be, "resolved-before-onset", "A problem ends after it began"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Unnamed => Some("/code"),
            Self::ResolvedBeforeOnset => Some("/at"),
            Self::Unrecorded | Self::AlreadyRecorded | Self::NotActive => None,
        }
    }
}
