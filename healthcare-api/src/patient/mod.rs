//! Patients over REST.

mod advance_pathway;
mod bounds;
mod find_patients;
mod get_patient;
mod register_patient;
mod update_patient;

pub use bounds::check as check_bounds;

use actix_web::http::StatusCode;
use healthcare_domain::patient::PatientError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::DomainProblem;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(find_patients::find_patients)
        .service(register_patient::register_patient)
        .service(get_patient::get_patient)
        .service(update_patient::update_patient)
        .service(advance_pathway::advance_pathway);
}

impl DomainProblem for PatientError {
    const CONTEXT: &'static str = "patient";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unregistered => (StatusCode::NOT_FOUND, "unregistered", "There is no such patient"),
            Self::AlreadyRegistered => {
                (StatusCode::CONFLICT, "already-registered", "The patient is already registered")
            }
            Self::NoName => (cannot_be, "no-name", "A patient has a name"),
            Self::BornInTheFuture(_) => (cannot_be, "born-in-the-future", "The birth date lies in the future"),
            Self::BornTooLongAgo(_) => (cannot_be, "born-too-long-ago", "The birth date lies too long ago"),
            Self::DiedBeforeBirth => (cannot_be, "died-before-birth", "The death lies before the birth"),
            Self::NotTheNextStage { .. } => {
                (StatusCode::CONFLICT, "not-the-next-stage", "The pathway is walked in order")
            }
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoName => Some("/names"),
            Self::BornInTheFuture(_) | Self::BornTooLongAgo(_) => Some("/birth_date"),
            Self::DiedBeforeBirth => Some("/deceased/at"),
            Self::NotTheNextStage { .. } => Some("/stage"),
            Self::Unregistered | Self::AlreadyRegistered => None,
        }
    }
}
