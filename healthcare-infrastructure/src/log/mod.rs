//! What a process of ours writes into its log, and what it does not.

mod fields;
mod heard;

use std::io::{IsTerminal, stderr};

use fields::Fields;
use heard::Heard;
use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Begins the log of this process, on its standard error: JSON unless a person watches. Requests that cannot be read are
/// counted (`healthcare_http_unreadable_total`), whatever the environment lets speak, and not logged.
pub fn begin() {
    // PostgreSQL's notices tell a developer of `if not exists`, and an operator nothing.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,tokio_postgres=warn"));
    let registry = tracing_subscriber::registry().with(Heard(filter)).with(filter_fn(may_speak));
    if stderr().is_terminal() {
        registry.with(fmt::layer().with_writer(stderr)).init();
    } else {
        registry.with(fmt::layer().json().flatten_event(true).fmt_fields(Fields).with_writer(stderr)).init();
    }
    crate::panics::tell_the_place_alone();
}

/// Whether an event may be logged at all. Below `info` only our own code speaks, whatever the environment asks for: what
/// others say there quotes what they carry (the database driver its parameters, the HTTP client its bodies).
fn may_speak(event: &Metadata<'_>) -> bool {
    *event.level() <= Level::INFO || event.target().starts_with("healthcare")
}

#[cfg(test)]
mod tests {
    use super::{heard::tests::Kept, *};

    #[test]
    fn below_info_only_our_own_code_speaks() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::registry().with(filter_fn(may_speak)).with(kept.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "healthcare_api::cli", "ours");
            tracing::debug!(target: "tokio_postgres::query", "executing statement with parameters");
            tracing::warn!(target: "tokio_postgres::connection", "a notice");
        });
        assert_eq!(kept.all(), ["ours", "a notice"]);
    }
}
