//! Immunisations over REST.

mod entries;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(entries::record_immunization)
        .service(entries::get_immunization)
        .service(entries::amend_immunization)
        .service(entries::enter_immunization_in_error);
}
