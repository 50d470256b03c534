//! The headers that every answer carries, whichever part of the server wrote it.

use actix_web::{
    HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{
        self, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
        STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
    middleware::Next,
    web::Data,
};

use super::{ClientAddress, SurfaceSettings, rates::Standing};

const OPENER: HeaderName = header::CROSS_ORIGIN_OPENER_POLICY;
const RESOURCE: HeaderName = header::CROSS_ORIGIN_RESOURCE_POLICY;

/// Answers of the API are data: a browser that is made to show one as a page runs nothing of it.
const OF_DATA: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Swagger UI brings its own files; its styles are also written in place, its icons are `data:`.
const OF_DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                       font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                       form-action 'none'";

/// Notes from where a request truly comes, and writes the headers on its answer. The outermost of all, so that
/// refusals of every kind carry them too.
///
/// # Errors
/// As whatever is behind it.
pub async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let settings = request.app_data::<Data<SurfaceSettings>>().cloned();
    let secure = settings.as_ref().is_some_and(|settings| settings.proxies.is_secure(&request));
    if let (Some(settings), Some(peer)) = (&settings, request.peer_addr()) {
        let client = settings.proxies.client(peer.ip(), request.head());
        request.extensions_mut().insert(ClientAddress(client));
    }
    let docs = crate::http::path(request.request()).starts_with("/docs");
    match next.call(request).await {
        Ok(mut response) => {
            write(response.headers_mut(), docs, secure);
            say_what_is_left(&mut response);
            Ok(response.map_into_boxed_body())
        }
        Err(mut error) => {
            error.add_response_mapper(move |mut response| {
                write(response.headers_mut(), docs, secure);
                response
            });
            Err(error)
        }
    }
}

fn write(headers: &mut HeaderMap, docs: bool, secure: bool) {
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(X_FRAME_OPTIONS, "DENY");
    set(OPENER, "same-origin");
    set(RESOURCE, "same-origin");
    // Over plain HTTP a browser has to ignore it (RFC 6797, 7.2).
    if secure {
        set(STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    // A page of ours brings a policy of its own, no wider than its style.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let policy = if docs { OF_DOCS } else { OF_DATA };
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    // What may be kept says so itself: the keys that tokens are verified with.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// `RateLimit` and `RateLimit-Policy`, as the IETF's draft of HTTP rate limits names them.
fn say_what_is_left(response: &mut ServiceResponse<impl MessageBody>) {
    let Some(standing) = response.request().extensions().get::<Standing>().copied() else { return };
    let headers = response.headers_mut();
    if let (Ok(policy), Ok(left)) = (standing.policy().parse(), standing.left().parse()) {
        headers.insert(HeaderName::from_static("ratelimit-policy"), policy);
        headers.insert(HeaderName::from_static("ratelimit"), left);
    }
}
