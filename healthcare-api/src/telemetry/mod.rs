//! Telemetry over REST.

mod get_vitals;
mod submit_readings;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context. To be configured before the chart's, whose lists take every other name.
pub fn routes(config: &mut ServiceConfig) {
    config.service(submit_readings::submit_readings).service(get_vitals::get_vitals);
}
