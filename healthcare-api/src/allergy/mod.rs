//! Allergies over REST.

mod add_allergy;
mod amend_allergy;
mod enter_allergy_in_error;
mod get_allergy;
mod reactivate_allergy;
mod remove_allergy;
mod verify_allergy;

use actix_web::http::StatusCode;
use healthcare_domain::allergy::AllergyError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(add_allergy::add_allergy)
        .service(amend_allergy::amend_allergy)
        .service(get_allergy::get_allergy)
        .service(reactivate_allergy::reactivate_allergy)
        .service(verify_allergy::verify_allergy)
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
            Self::Active => (StatusCode::CONFLICT, "active", "The allergy is active"),
            Self::NeedsReason => {
                (StatusCode::UNPROCESSABLE_ENTITY, "needs-reason", "What was settled is changed with a reason")
            }
            Self::Contradicted => (StatusCode::CONFLICT, "contradicted", "An allergy of that kind is on record"),
            Self::SaysNone => (StatusCode::UNPROCESSABLE_ENTITY, "says-none", "That none is known is no substance"),
            Self::InTheFuture => (StatusCode::UNPROCESSABLE_ENTITY, "in-the-future", "The time lies in the future"),
            Self::NoSubstance => (StatusCode::UNPROCESSABLE_ENTITY, "no-substance", "An allergy names its substance"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoSubstance => Some("/substance"),
            Self::SaysNone => Some("/statement"),
            Self::NeedsReason => Some("/reason"),
            Self::InTheFuture => Some("/onset_at"),
            Self::Unrecorded | Self::AlreadyRecorded | Self::NotActive | Self::Active | Self::Contradicted => None,
        }
    }
}
