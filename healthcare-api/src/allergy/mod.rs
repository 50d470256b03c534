//! Allergies over REST.

mod add_allergy;
mod amend_allergy;
mod enter_allergy_in_error;
mod remove_allergy;

use actix_web::http::StatusCode;
use healthcare_domain::allergy::AllergyError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::DomainProblem;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(add_allergy::add_allergy)
        .service(amend_allergy::amend_allergy)
        .service(remove_allergy::remove_allergy)
        .service(enter_allergy_in_error::enter_allergy_in_error);
}

impl DomainProblem for AllergyError {
    const CONTEXT: &'static str = "allergy";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unrecorded => (StatusCode::NOT_FOUND, "unrecorded", "There is no such allergy"),
            Self::AlreadyRecorded => (StatusCode::CONFLICT, "already-recorded", "The allergy is already recorded"),
            Self::NotActive => (StatusCode::CONFLICT, "not-active", "The allergy is no longer active"),
            Self::NoSubstance => (StatusCode::UNPROCESSABLE_ENTITY, "no-substance", "An allergy names its substance"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        matches!(self, Self::NoSubstance).then_some("/substance")
    }
}
