//! Who takes care of a patient, over REST.

mod add_member;
mod get_care_team;
mod label_record;
mod remove_member;

use actix_web::http::StatusCode;
use healthcare_domain::care_team::CareTeamError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(add_member::add_member)
        .service(remove_member::remove_member)
        .service(get_care_team::get_care_team)
        .service(label_record::label_record);
}

impl DomainProblem for CareTeamError {
    const CONTEXT: &'static str = "care-team";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::AlreadyMember => (StatusCode::CONFLICT, "already-member", "They belong to the care team already"),
            Self::NotAMember => (StatusCode::CONFLICT, "not-a-member", "They do not belong to the care team"),
            Self::EndsTooEarly => (cannot_be, "ends-too-early", "It would be over at once"),
            Self::Oneself => (StatusCode::FORBIDDEN, "oneself", "Nobody comes closer to a patient by their own act"),
            Self::NotAWard => (cannot_be, "not-a-ward", "This is no ward"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::AlreadyMember | Self::NotAMember | Self::Oneself => None,
            Self::EndsTooEarly => Some("/until"),
            Self::NotAWard => Some("/member/ward"),
        }
    }
}
