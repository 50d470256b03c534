//! What a request may be before anybody reads it: so long a head, so large a body, so many a second.

use actix_web::{
    HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web::Data,
};

use super::{ClientAddress, Rates};
use crate::{http::path, problem::Problem};

/// The longest target: a path and a query, in bytes.
const LONGEST_TARGET: usize = 8 * 1024;
/// The largest head: names and values of all headers, in bytes. The parser itself ends at 96 headers and 128 KiB.
const LARGEST_HEAD: usize = 16 * 1024;

/// The largest body of a path, in bytes as sent.
pub fn body_limit(of: &str) -> usize {
    match of.strip_prefix("/api/v1/").and_then(|rest| rest.split('/').next()) {
        // A name, a password, a token.
        Some("auth") => 16 << 10,
        // An export of another system; larger ones go through `healthcare import`.
        Some("imports") => 64 << 20,
        _ => 1 << 20,
    }
}

/// Lets pass what is not too long, too large or too often.
///
/// # Errors
/// As whatever is behind it.
pub async fn admit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Err(problem) = shape(&request).and_then(|()| rate(&request)) {
        // A response rather than an error, so that it is named and counted like any other.
        return Ok(ServiceResponse::from_err(problem, request.into_parts().0));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

fn shape(request: &ServiceRequest) -> Result<(), Problem> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        return Err(Problem::new(StatusCode::URI_TOO_LONG, "/problems/request/target", "The address is too long")
            .detail(format!("A path with its query has at most {LONGEST_TARGET} bytes.")));
    }
    let head: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if head > LARGEST_HEAD {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Problem::new(status, "/problems/request/head", "The headers are too large")
            .detail(format!("Names and values have at most {LARGEST_HEAD} bytes together.")));
    }
    let limit = body_limit(path(request.request()));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limit) {
        return Err(Problem::too_large(limit));
    }
    // A few bytes unpack into gigabytes. An import unpacks by itself, up to what a document may be.
    if request.headers().contains_key(header::CONTENT_ENCODING)
        && !path(request.request()).starts_with("/api/v1/imports")
    {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "/problems/request/content-encoding",
            "Bodies are taken as they are",
        )
        .at("Content-Encoding", "send the body unpacked"));
    }
    Ok(())
}

fn rate(request: &ServiceRequest) -> Result<(), Problem> {
    // Whether the process lives is asked by who would end it.
    if path(request.request()) == "/livez" {
        return Ok(());
    }
    let address = request.extensions().get::<ClientAddress>().copied();
    match (request.app_data::<Data<Rates>>(), address) {
        (Some(rates), Some(ClientAddress(address))) => rates.by_address(address, &mut request.extensions_mut()),
        _ => Ok(()),
    }
}
