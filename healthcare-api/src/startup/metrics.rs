//! `/metrics` for Prometheus, on a port of its own.

use std::net::SocketAddr;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

use super::StartError;

/// Seconds that latencies are counted by.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Starts the exporter. No label carries more than a route, a method, a status or the name of a part.
///
/// # Errors
/// When the port is taken, or an exporter runs already.
pub fn export(address: SocketAddr) -> Result<(), StartError> {
    let cannot = |e: String| StartError::Listen(address.to_string(), std::io::Error::other(e));
    PrometheusBuilder::new()
        .with_http_listener(address)
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), BUCKETS)
        .map_err(|e| cannot(e.to_string()))?
        .install()
        .map_err(|e| cannot(e.to_string()))
}
