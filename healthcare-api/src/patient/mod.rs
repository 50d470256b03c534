//! Patients over REST.

mod advance_pathway;
mod bounds;
mod deactivate_patient;
mod enter_patient_in_error;
mod find_patients;
mod get_patient;
mod list_pathways;
mod reactivate_patient;
mod register_patient;
mod settings;
mod update_patient;

pub use bounds::check as check_bounds;
pub use settings::{PatientSettings, PatientSettingsError};

use actix_web::http::StatusCode;
use healthcare_domain::patient::PatientError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(find_patients::find_patients)
        .service(register_patient::register_patient)
        .service(get_patient::get_patient)
        .service(update_patient::update_patient)
        .service(list_pathways::list_pathways)
        .service(deactivate_patient::deactivate_patient)
        .service(reactivate_patient::reactivate_patient)
        .service(enter_patient_in_error::enter_patient_in_error)
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
            Self::Inactive => (StatusCode::CONFLICT, "inactive", "The record is inactive"),
            Self::NotInactive => (StatusCode::CONFLICT, "not-inactive", "The record is not inactive"),
            Self::EnteredInError => (StatusCode::CONFLICT, "entered-in-error", "The patient was entered in error"),
            Self::InCare => (StatusCode::CONFLICT, "in-care", "A visit is still open"),
            Self::HoldsOthers => (StatusCode::CONFLICT, "holds-others", "The record holds those of others"),
            Self::Deceased => (StatusCode::CONFLICT, "deceased", "The patient is deceased"),
            Self::IdentifierInUse => (StatusCode::CONFLICT, "identifier-in-use", "An identifier is already in use"),
            Self::MistypedNumber => (cannot_be, "mistyped-number", "A record number does not verify"),
            Self::NoName => (cannot_be, "no-name", "A patient has a name"),
            Self::BornInTheFuture(_) => (cannot_be, "born-in-the-future", "The birth date lies in the future"),
            Self::BornTooLongAgo(_) => (cannot_be, "born-too-long-ago", "The birth date lies too long ago"),
            Self::DiedBeforeBirth => (cannot_be, "died-before-birth", "The death lies before the birth"),
            Self::DiedInTheFuture => (cannot_be, "died-in-the-future", "The death lies in the future"),
            Self::PeriodBackwards => (cannot_be, "period-backwards", "A period ends before it begins"),
            Self::ContactIsNobody => (cannot_be, "contact-is-nobody", "A contact person is somebody"),
            Self::NoSuchPathway => (cannot_be, "no-such-pathway", "There is no such pathway"),
            Self::NoSuchStage => (cannot_be, "no-such-stage", "The pathway has no such stage"),
            Self::NotTheNextStage { .. } => {
                (StatusCode::CONFLICT, "not-the-next-stage", "The pathway is walked in order")
            }
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoName => Some("/names"),
            Self::BornInTheFuture(_) | Self::BornTooLongAgo(_) => Some("/birth_date"),
            Self::DiedBeforeBirth | Self::DiedInTheFuture => Some("/deceased/at"),
            Self::IdentifierInUse | Self::MistypedNumber => Some("/identifiers"),
            Self::ContactIsNobody => Some("/contacts"),
            Self::NoSuchPathway => Some("/pathway"),
            Self::NoSuchStage | Self::NotTheNextStage { .. } => Some("/stage"),
            Self::Unregistered
            | Self::AlreadyRegistered
            | Self::Inactive
            | Self::NotInactive
            | Self::EnteredInError
            | Self::InCare
            | Self::HoldsOthers
            | Self::Deceased
            | Self::PeriodBackwards => None,
        }
    }
}
