//! Visits and stays over REST.

mod admit_patient;
mod discharge_patient;
mod get_encounter;
mod transfer_patient;

use actix_web::http::StatusCode;
use healthcare_domain::encounter::EncounterError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::DomainProblem;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(admit_patient::admit_patient)
        .service(discharge_patient::discharge_patient)
        .service(transfer_patient::transfer_patient)
        .service(get_encounter::get_encounter);
}

impl DomainProblem for EncounterError {
    const CONTEXT: &'static str = "encounter";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::NotAdmitted => (StatusCode::NOT_FOUND, "not-admitted", "There is no such encounter"),
            Self::AlreadyAdmitted => (StatusCode::CONFLICT, "already-admitted", "The patient is already admitted"),
            Self::AlreadyDischarged => (StatusCode::CONFLICT, "already-discharged", "The encounter has ended"),
            Self::EnteredInError => (StatusCode::CONFLICT, "entered-in-error", "The encounter was entered in error"),
            Self::BeforeAdmission(_) => (cannot_be, "before-admission", "The time lies before the admission"),
            Self::InTheFuture => (cannot_be, "in-the-future", "The time lies in the future"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        None
    }
}
