//! HEAD: the head of what GET would answer (RFC 9110, 9.3.2).

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Bytes,
};

use super::matrix::methods_of;
use crate::http::path;

/// Serves HEAD as GET, and leaves the body out. Everything behind this sees a GET: it is permitted, recorded and counted
/// once, as one. Where GET begins or uses up something (a sign-in, a ticket), HEAD stays unknown.
///
/// # Errors
/// As whatever is behind it.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let asked = *request.method() == Method::HEAD && only_reads(path(request.request()));
    if !asked {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    }
    request.head_mut().method = Method::GET;
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| BoxBody::new(Unsent(body.size()))))
}

/// Whether GET of a path changes nothing.
fn only_reads(of: &str) -> bool {
    !of.starts_with("/api/v1/auth/") && of != "/api/v1/live"
}

/// The methods that are answered at a path, for `Allow`: those it knows, and HEAD where GET only reads.
pub fn answered_at(of: &str) -> Vec<&'static str> {
    let mut methods = methods_of(of);
    if let Some(get) = methods.iter().position(|method| *method == "GET").filter(|_| only_reads(of)) {
        methods.insert(get + 1, "HEAD");
    }
    methods
}

/// A body of a size, of which nothing is sent.
struct Unsent(BodySize);

impl MessageBody for Unsent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_is_said_where_it_is_answered() {
        assert_eq!(answered_at("/api/v1/patients/1"), ["GET", "HEAD", "PATCH"]);
        for signs_in_or_opens in ["/api/v1/auth/sessions", "/api/v1/live"] {
            let methods = answered_at(signs_in_or_opens);
            assert!(methods.contains(&"GET") && !methods.contains(&"HEAD"), "{methods:?}");
        }
    }
}
