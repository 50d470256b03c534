//! Checks of what a caller brings, over REST.

mod check_medications;
mod given;
mod list;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config.service(check_medications::check_medications);
}
