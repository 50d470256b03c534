//! Telemetry over REST.

mod get_vitals;
mod submit_readings;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(submit_readings::submit_readings).service(get_vitals::get_vitals);
}
