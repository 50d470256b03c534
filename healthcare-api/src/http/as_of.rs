//! Who asks for another day is never answered with today.

use actix_web::HttpRequest;

use crate::problem::Problem;

/// What is told as it was known at a time, by the end of its route; beside it the lists behind the chart. Not the vital
/// signs over time: of what is kept of readings, their sums, nobody knows any more when each of them came.
const TOLD: [&str; 32] = [
    "/alerts/{id}",
    "/allergies/{id}",
    "/appointment-types/{id}",
    "/appointments/{id}",
    "/beds/{id}",
    "/calculated-scores/{id}",
    "/consents/{id}",
    "/encounters/{id}",
    "/family-history/{id}",
    "/immunizations/{id}",
    "/medication-orders/{id}",
    "/notes/{id}",
    "/notes/{id}/versions",
    "/observations/{id}",
    "/patients/{id}",
    "/patients/{id}/appointments",
    "/patients/{id}/care-team",
    "/patients/{id}/chart",
    "/patients/{id}/charted-vitals",
    "/patients/{id}/export",
    "/patients/{id}/notes",
    "/patients/{id}/plans",
    "/patients/{id}/timeline",
    "/plans/{id}",
    "/problems/{id}",
    "/procedures/{id}",
    "/schedules/{id}",
    "/social-history/{id}",
    "/suggestions/{id}",
    "/templates/{id}",
    "/vitals/{id}",
    "/wards/{id}",
];

/// Refuses `as_of` where it is not known: an endpoint without parameters would not look at it and tell of the present.
///
/// # Errors
/// 400, when the request has it and its route does not.
pub(super) fn ensure_is_told(request: &HttpRequest) -> Result<(), Problem> {
    let asks = |pair: &str| pair.split('=').next().is_some_and(|name| name == "as_of");
    if !request.query_string().split('&').any(asks) {
        return Ok(());
    }
    let route = crate::startup::resource(request).unwrap_or_default();
    if TOLD.iter().any(|end| route.ends_with(end)) || request.match_info().get("list").is_some() {
        Ok(())
    } else {
        Err(Problem::bad_parameter("as_of", "only the present is told here"))
    }
}
