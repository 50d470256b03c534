//! Vital signs over REST.

mod enter_vitals_in_error;
mod get_vitals;
mod list_vitals;
mod record_vitals;

use actix_web::http::StatusCode;
use healthcare_application::vitals::VitalsRefused;
use healthcare_domain::vitals::VitalsError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(record_vitals::record_vitals)
        .service(enter_vitals_in_error::enter_vitals_in_error)
        .service(list_vitals::list_charted_vitals)
        .service(get_vitals::get_vitals);
}

impl DomainProblem for VitalsError {
    const CONTEXT: &'static str = "vitals";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unrecorded => (StatusCode::NOT_FOUND, "unrecorded", "There is no such set of vital signs"),
            Self::AlreadyRecorded => (StatusCode::CONFLICT, "already-recorded", "The set is already charted"),
            Self::EnteredInError => (StatusCode::CONFLICT, "entered-in-error", "The set was entered in error"),
            Self::Empty => (cannot_be, "empty", "A set of vital signs says something"),
            Self::Twice(_) => (cannot_be, "twice", "A sign is given once"),
            Self::DiastolicNotBelowSystolic => {
                (cannot_be, "diastolic-not-below-systolic", "The diastolic pressure lies below the systolic")
            }
            Self::InTheFuture => (cannot_be, "in-the-future", "The time lies in the future"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Empty | Self::Twice(_) | Self::DiastolicNotBelowSystolic => Some("/measurements"),
            Self::InTheFuture => Some("/measured_at"),
            Self::Unrecorded | Self::AlreadyRecorded | Self::EnteredInError => None,
        }
    }
}

impl DomainProblem for VitalsRefused {
    const CONTEXT: &'static str = "vitals";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Encounter(error) => error.kind(),
            Self::Vitals(error) => error.kind(),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Encounter(_) => None,
            Self::Vitals(error) => error.pointer(),
        }
    }
}
