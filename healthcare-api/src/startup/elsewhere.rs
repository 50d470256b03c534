//! Parts that run apart: each answers its own requests, and says so where another one would.

use actix_web::{
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web::Data,
};
use clap::ValueEnum;

use super::{Part, Parts};
use crate::{http::path, problem::Problem};

/// Lets pass what the parts of this process answer, and what every process answers: its health and its keys.
pub async fn only_what_is_served_here(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let here = request.app_data::<Data<Parts>>().map(|parts| parts.get_ref().clone());
    match part_of(request.method(), path(request.request())) {
        // A response rather than an error, so that it is named and counted like any other.
        Some(part) if here.is_some_and(|here| !here.has(part)) => {
            Ok(ServiceResponse::from_err(served_elsewhere(part), request.into_parts().0))
        }
        Some(_) | None => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
    }
}

/// The part that answers a request; none when every process does.
fn part_of(method: &Method, of: &str) -> Option<Part> {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    if of == "/docs" || of.starts_with("/docs/") {
        return Some(Part::Query);
    }
    if let Some(service) = of.strip_prefix("/cds-services") {
        // A service computes; feedback is kept.
        return Some(if service.ends_with("/feedback") { Part::Command } else { Part::Query });
    }
    let api = of.strip_prefix("/api/v1/")?;
    Some(match api.split('/').next() {
        Some("telemetry") => Part::Gateway,
        // Signing in writes, whichever the method: a redirect of single sign-on comes as GET.
        Some("auth") => Part::Command,
        // They compute or let in, and change nothing of the record.
        Some("scores" | "checks" | "live") => Part::Query,
        _ if reads => Part::Query,
        _ => Part::Command,
    })
}

fn served_elsewhere(part: Part) -> Problem {
    let name = part.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "/problems/request/served-elsewhere",
        "Another part of the system answers this",
    )
    .detail(format!("Here only some parts run; `{name}` does not. Ask the process that runs `serve --only {name}`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_commands_and_the_rest_is_read() {
        let part = |method: Method, path: &str| part_of(&method, path);
        assert_eq!(part(Method::POST, "/api/v1/patients"), Some(Part::Command));
        assert_eq!(part(Method::PATCH, "/api/v1/patients/1"), Some(Part::Command));
        assert_eq!(part(Method::POST, "/api/v1/auth/login"), Some(Part::Command));
        assert_eq!(part(Method::GET, "/api/v1/patients/1/chart"), Some(Part::Query));
        assert_eq!(part(Method::POST, "/api/v1/scores/news2"), Some(Part::Query));
        assert_eq!(part(Method::POST, "/api/v1/live/tickets"), Some(Part::Query));
        assert_eq!(part(Method::GET, "/api/v1/live"), Some(Part::Query));
        assert_eq!(part(Method::GET, "/docs/"), Some(Part::Query));
        assert_eq!(part(Method::POST, "/api/v1/telemetry/readings"), Some(Part::Gateway));
        assert_eq!(part(Method::GET, "/cds-services"), Some(Part::Query));
        assert_eq!(part(Method::POST, "/cds-services/order-sign"), Some(Part::Query));
        assert_eq!(part(Method::POST, "/cds-services/order-sign/feedback"), Some(Part::Command));
        for everywhere in ["/livez", "/readyz", "/health", "/.well-known/jwks.json"] {
            assert_eq!(part(Method::GET, everywhere), None);
        }
    }
}
