//! Orders of medication over REST.

mod check_medication;
mod draft;
mod get_medication_order;
mod prescribe_medication;
mod stop_medication;

pub(crate) use prescribe_medication::PrescribeMedication;

use actix_web::http::StatusCode;
use healthcare_domain::medication::MedicationOrderError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(prescribe_medication::prescribe_medication)
        .service(get_medication_order::get_medication_order)
        .service(check_medication::check_medication)
        .service(stop_medication::stop_medication);
}

impl DomainProblem for MedicationOrderError {
    const CONTEXT: &'static str = "medication";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unordered => (StatusCode::NOT_FOUND, "unordered", "There is no such medication order"),
            Self::AlreadyOrdered => (StatusCode::CONFLICT, "already-ordered", "The medication is already ordered"),
            Self::NotActive => (StatusCode::CONFLICT, "not-active", "The medication order is no longer active"),
            Self::NoMedication => (cannot_be, "no-medication", "An order names its medication"),
            Self::NoDose(_) => (cannot_be, "no-dose", "A dose is more than nothing"),
            Self::EndedBeforeAuthored => (cannot_be, "ended-before-authored", "An order ends after it was written"),
            Self::UnknownFinding(_) => (cannot_be, "unknown-finding", "An override answers a finding"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoMedication => Some("/medication"),
            Self::NoDose(_) => Some("/dose/value"),
            Self::EndedBeforeAuthored => Some("/at"),
            Self::UnknownFinding(_) => Some("/overrides"),
            Self::Unordered | Self::AlreadyOrdered | Self::NotActive => None,
        }
    }
}
