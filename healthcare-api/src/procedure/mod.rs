//! Procedures over REST.

mod entries;

use actix_web::http::StatusCode;
use healthcare_domain::entry::EntryError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(entries::record_procedure)
        .service(entries::get_procedure)
        .service(entries::amend_procedure)
        .service(entries::enter_procedure_in_error);
}

impl DomainProblem for EntryError {
    const CONTEXT: &'static str = "entry";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unwritten => (StatusCode::NOT_FOUND, "unwritten", "There is no such entry"),
            Self::AlreadyRecorded => (StatusCode::CONFLICT, "already-recorded", "The entry is already recorded"),
            Self::EnteredInError => (StatusCode::CONFLICT, "entered-in-error", "The entry was entered in error"),
            Self::Unnamed => (cannot_be, "unnamed", "It is named by a code or in words"),
            Self::InTheFuture => (cannot_be, "in-the-future", "The time lies in the future"),
            Self::EndsBeforeItBegins => (cannot_be, "ends-before-it-begins", "It ends before it begins"),
            Self::NoSuchStatus => (cannot_be, "no-such-status", "There is no such status"),
            Self::NoReason => (cannot_be, "no-reason", "What was not done was not done for a reason"),
            Self::NoTime => (cannot_be, "no-time", "What was given was given at a time"),
            Self::Expired => (cannot_be, "expired", "The lot had expired"),
            Self::KnownAndUnknown => (cannot_be, "known-and-unknown", "What is not so has no details"),
            Self::AgeCannotBe => (cannot_be, "age-cannot-be", "An age cannot be"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoReason => Some("/status_reason"),
            Self::NoSuchStatus => Some("/status"),
            Self::NoTime => Some("/given_at"),
            Self::EndsBeforeItBegins => Some("/ended_at"),
            Self::Expired => Some("/expires_on"),
            Self::Unwritten
            | Self::AlreadyRecorded
            | Self::EnteredInError
            | Self::Unnamed
            | Self::InTheFuture
            | Self::KnownAndUnknown
            | Self::AgeCannotBe => None,
        }
    }
}
