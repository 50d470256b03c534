//! Who asks for another day is never answered with today.

use actix_web::HttpRequest;

use crate::problem::Problem;

/// What of a patient is told as it was known at a time, by the end of its route; beside it the lists behind the chart.
const TOLD: [&str; 5] = ["/chart", "/export", "/notes", "/plans", "/timeline"];

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
    let of_a_patient = route.contains("/patients/{") && TOLD.iter().any(|end| route.ends_with(end));
    if of_a_patient || request.match_info().get("list").is_some() {
        Ok(())
    } else {
        Err(Problem::bad_parameter("as_of", "only the present is told here"))
    }
}
