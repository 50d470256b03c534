//! The history of the family, and how the patient lives, over REST.

mod family;
mod social;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(family::record_family_history)
        .service(family::get_family_history)
        .service(family::amend_family_history)
        .service(family::enter_family_history_in_error)
        .service(social::record_social_history)
        .service(social::get_social_history)
        .service(social::amend_social_history)
        .service(social::enter_social_history_in_error);
}
