//! What rules come to, over REST.

mod get_rule_metrics;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_rule_metrics::get_rule_metrics);
}
