//! A consultation over REST.

mod save_consultation;

use actix_web::http::StatusCode;
use healthcare_application::consultation::ConsultationError;

use crate::{problem::Problem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(save_consultation::save_consultation);
}

impl From<ConsultationError> for Problem {
    /// A refusal names its place in the part it is of.
    fn from(error: ConsultationError) -> Self {
        let within = |part: &str, problem: Problem| {
            let errors = problem.errors.into_iter().map(|mut fault| {
                if fault.pointer.starts_with('/') {
                    fault.pointer.insert_str(0, part);
                }
                fault
            });
            Problem { errors: errors.collect(), ..problem }
        };
        match error {
            ConsultationError::Note(error) => within("/note", error.into()),
            ConsultationError::Diagnosis(error) => within("/diagnosis", error.into()),
            ConsultationError::Prescription(error) => within("/prescription", error.into()),
            ConsultationError::NoSuchEncounter => {
                Self::new(StatusCode::NOT_FOUND, "/problems/encounter/not-admitted", "There is no such encounter")
            }
        }
    }
}
