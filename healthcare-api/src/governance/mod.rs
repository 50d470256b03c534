//! What rules come to, over REST.

mod get_rule_metrics;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(get_rule_metrics::get_rule_metrics);
}
