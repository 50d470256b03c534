//! Import over REST.

mod import_records;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config.service(import_records::import_records);
}
