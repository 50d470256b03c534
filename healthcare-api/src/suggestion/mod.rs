//! Suggestions of decision support over REST.

mod accept_suggestion;
mod get_suggestion;
mod justify_suggestion;
mod override_suggestion;
mod snooze_suggestion;

use actix_web::http::StatusCode;
use healthcare_application::suggestion::AcceptRefused;
use healthcare_domain::suggestion::SuggestionError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(get_suggestion::get_suggestion)
        .service(justify_suggestion::justify_suggestion)
        .service(accept_suggestion::accept_suggestion)
        .service(override_suggestion::override_suggestion)
        .service(snooze_suggestion::snooze_suggestion);
}

impl DomainProblem for SuggestionError {
    const CONTEXT: &'static str = "suggestion";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unraised => (StatusCode::NOT_FOUND, "unraised", "There is no such suggestion"),
            Self::AlreadyRaised => (StatusCode::CONFLICT, "already-raised", "The suggestion is already raised"),
            Self::NotOpen => (StatusCode::CONFLICT, "not-open", "The suggestion is no longer open"),
            Self::SnoozeOver => {
                (StatusCode::UNPROCESSABLE_ENTITY, "snooze-over", "It can only be put off until a later time")
            }
            Self::SnoozeTooLong { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "snooze-too-long", "It cannot be put off for so long")
            }
            Self::NoSuchProposal(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "no-such-proposal", "The suggestion has no such proposal")
            }
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchProposal(_) => Some("/proposals"),
            Self::SnoozeOver | Self::SnoozeTooLong { .. } => Some("/until"),
            Self::Unraised | Self::AlreadyRaised | Self::NotOpen => None,
        }
    }
}

impl DomainProblem for AcceptRefused {
    const CONTEXT: &'static str = "suggestion";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Suggestion(error) => error.kind(),
            Self::Choose(_) => (StatusCode::CONFLICT, "choose", "Say which of its proposals are to be done"),
            Self::ByHand { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "by-hand", "The proposal is not done by a command")
            }
            Self::ChangedSince { .. } => {
                (StatusCode::CONFLICT, "changed-since", "What it is about was changed since it was suggested")
            }
            Self::Medication { .. } => (StatusCode::CONFLICT, "not-possible", "The order cannot be stopped"),
            Self::Plan(_) => (StatusCode::CONFLICT, "work-not-possible", "The work cannot be asked for"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Suggestion(error) => error.pointer(),
            Self::Choose(_)
            | Self::ByHand { .. }
            | Self::ChangedSince { .. }
            | Self::Medication { .. }
            | Self::Plan(_) => Some("/proposals"),
        }
    }
}
