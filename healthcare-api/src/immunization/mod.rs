//! Immunisations over REST.

mod entries;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(entries::record_immunization)
        .service(entries::get_immunization)
        .service(entries::amend_immunization)
        .service(entries::enter_immunization_in_error);
}
