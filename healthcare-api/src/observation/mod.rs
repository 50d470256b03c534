//! Laboratory results over REST.

mod get_observation;
mod mark_result_viewed;
mod record_laboratory_result;

use actix_web::http::StatusCode;
use healthcare_domain::observation::ObservationError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(record_laboratory_result::record_laboratory_result)
        .service(get_observation::get_observation)
        .service(mark_result_viewed::mark_result_viewed);
}

impl DomainProblem for ObservationError {
    const CONTEXT: &'static str = "observation";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unrecorded => (StatusCode::NOT_FOUND, "unrecorded", "There is no such observation"),
            Self::AlreadyRecorded => (StatusCode::CONFLICT, "already-recorded", "The observation is already recorded"),
            Self::EnteredInError => (StatusCode::CONFLICT, "entered-in-error", "The observation was entered in error"),
            Self::Unnamed => (cannot_be, "unnamed", "An observation says what was observed"),
            Self::NoValue => (cannot_be, "no-value", "An observation has a value, or a reason why there is none"),
            Self::VitalSign(_) => (cannot_be, "vital-sign", "A weight or a height is charted with the vital signs"),
            Self::BeforeBirth => (cannot_be, "before-birth", "The time lies before the patient lived"),
            Self::InTheFuture => (cannot_be, "in-the-future", "The time lies in the future"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Unnamed | Self::VitalSign(_) => Some("/code"),
            Self::NoValue => Some("/value"),
            Self::InTheFuture | Self::BeforeBirth => Some("/effective_at"),
            Self::Unrecorded | Self::AlreadyRecorded | Self::EnteredInError => None,
        }
    }
}
