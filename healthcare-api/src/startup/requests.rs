//! What is told of each request: a span that its log lines stand in, and its count and duration.

use std::{borrow::Cow, cell::RefCell, collections::HashMap, time::Duration};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{Extensions, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
};
use metrics::{Counter, Histogram};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use super::matrix::{Row, row_of};
use crate::http::path;

/// The route that a request asks for.
struct Route {
    /// Its path, with the names of its parameters in place of their values.
    path: Cow<'static, str>,
    /// Its row of the access matrix.
    row: Option<Row>,
}

/// The row of the access matrix that a request asks for, by what is kept with the request.
pub fn row_asked_for(extensions: &Extensions) -> Option<Row> {
    extensions.get::<Route>()?.row
}

/// The method and route of a request, as the audit trail names it.
pub fn resource(request: &HttpRequest) -> Option<String> {
    let extensions = request.extensions();
    let route = &extensions.get::<Route>()?.path;
    let route = match request.match_info().get("list") {
        // Which list is a word of ours; any other is not found.
        Some(list) => route.replace("{list}", list),
        None => route.to_string(),
    };
    Some(format!("{} {route}", name(request.method())))
}

/// The span of a request: its id, its method, its route, its trace. No path and no query: people type names there.
///
/// Nothing is added when it ends: it could only show in lines that are written later, and there are none.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let row = row_of(request.method().as_str(), path(request.request()));
        let route = match row {
            Some(row) => Cow::Borrowed(row.path()),
            None => request.match_pattern().map_or(Cow::Borrowed("unknown"), Cow::Owned),
        };
        let id = request.extensions().get::<RequestId>().copied();
        // version-trace-parent-flags (W3C trace context)
        let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
        let trace = parent.and_then(|parent| parent.split('-').nth(1)).filter(|trace| trace.len() == 32);
        let span = tracing::info_span!(
            "request",
            request_id = id.map(tracing::field::display),
            method = request.method().as_str(),
            route = &*route,
            trace_id = trace,
        );
        request.extensions_mut().insert(Route { path: route, row });
        span
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// The meters of a route by method and status.
type Meters = Vec<(&'static str, StatusCode, Counter, Histogram)>;

thread_local! {
    /// Looked up once a thread: a meter is found by writing and hashing all of its labels.
    static METERS: RefCell<HashMap<String, Meters>> = RefCell::default();
}

/// Counts a request that was answered.
pub fn count(request: &HttpRequest, status: StatusCode, took: Duration) {
    let extensions = request.extensions();
    let route = extensions.get::<Route>().map_or("unknown", |route| &*route.path);
    let method = name(request.method());
    METERS.with_borrow_mut(|routes| {
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), vec![]);
        }
        let Some(meters) = routes.get_mut(route) else { return };
        let place = meters.iter().position(|(of, with, ..)| *of == method && *with == status).unwrap_or_else(|| {
            let (code, of) = (status.as_str().to_owned(), route.to_owned());
            let seconds =
                metrics::histogram!("healthcare_http_request_seconds", "method" => method, "route" => of.clone());
            let counter =
                metrics::counter!("healthcare_http_requests_total", "status" => code, "method" => method, "route" => of);
            meters.push((method, status, counter, seconds));
            meters.len() - 1
        });
        if let Some((_, _, counter, seconds)) = meters.get(place) {
            counter.increment(1);
            seconds.record(took);
        }
    });
}

/// A method's name. Those that nobody defined are one: a caller must not be able to make up meters.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
