//! The rules of decision support over REST.

mod get_rule;
mod list_rules;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_rules::list_rules).service(get_rule::get_rule);
}
