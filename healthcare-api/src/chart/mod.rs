//! The chart over REST, and the lists behind its sections.

mod get_chart;
mod list_entries;

pub use list_entries::List;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context. They come last: `/patients/{id}/{list}` would take what else stands under a patient.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_chart::get_chart).service(list_entries::list_entries);
}
