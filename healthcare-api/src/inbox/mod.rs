//! The inbox over REST. Live updates come over `/live`.

mod list_inbox;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_inbox::list_inbox);
}
