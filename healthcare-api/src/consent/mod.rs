//! Consents over REST.

mod enter_consent_in_error;
mod get_consent;
mod record_consent;
mod withdraw_consent;

use actix_web::http::StatusCode;
use healthcare_domain::consent::ConsentError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(record_consent::record_consent)
        .service(get_consent::get_consent)
        .service(withdraw_consent::withdraw_consent)
        .service(enter_consent_in_error::enter_consent_in_error);
}

impl DomainProblem for ConsentError {
    const CONTEXT: &'static str = "consent";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unrecorded => (StatusCode::NOT_FOUND, "unrecorded", "There is no such consent"),
            Self::AlreadyRecorded => (StatusCode::CONFLICT, "already-recorded", "The consent is already recorded"),
            Self::NotActive => (StatusCode::CONFLICT, "not-active", "The consent is no longer active"),
            Self::AboutNothing => (cannot_be, "about-nothing", "A consent is about something"),
            Self::PeriodBackwards => (cannot_be, "period-backwards", "A period ends before it begins"),
            Self::InTheFuture => (cannot_be, "in-the-future", "It lies in the future"),
            Self::WithdrawnBeforeGiven => (cannot_be, "withdrawn-before-given", "A consent is given, then withdrawn"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::AboutNothing => Some("/categories"),
            Self::PeriodBackwards => Some("/period"),
            Self::WithdrawnBeforeGiven => Some("/at"),
            Self::InTheFuture | Self::Unrecorded | Self::AlreadyRecorded | Self::NotActive => None,
        }
    }
}
