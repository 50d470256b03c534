//! The rules of decision support over REST.

mod get_rule;
mod get_rule_schema;
mod list_rules;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    // The schema stands where a rule of that name would.
    config.service(get_rule_schema::get_rule_schema);
    config.service(list_rules::list_rules).service(get_rule::get_rule);
}
