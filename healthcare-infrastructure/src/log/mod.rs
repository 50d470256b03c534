//! What a process of ours writes into its log, and what it does not.

mod fields;

use std::{
    fmt::{Debug, Write},
    io::{IsTerminal, stderr},
};

use fields::Fields;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::filter_fn,
    fmt,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

/// Begins the log of this process, on its standard error: JSON unless a person watches. Requests that cannot be read are
/// counted (`healthcare_http_unreadable_total`) and not logged.
pub fn begin() {
    // PostgreSQL's notices tell a developer of `if not exists`, and an operator nothing.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,tokio_postgres=warn"));
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(may_speak)).with(Strangers);
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

/// Who connects and sends what is no request, or hangs up in the middle of one, is counted and leaves no line: anybody could
/// fill the log that way. The HTTP library takes both for errors of the server.
struct Strangers;

impl<S: Subscriber> Layer<S> for Strangers {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        if !event.metadata().target().starts_with("actix_http::h1") {
            return true;
        }
        let mut said = Said::default();
        event.record(&mut said);
        let Some(why) = said.of_a_stranger() else { return true };
        metrics::counter!("healthcare_http_unreadable_total", "why" => why).increment(1);
        false
    }
}

/// The message of an event.
#[derive(Default)]
struct Said(String);

impl Said {
    /// What a stranger did, if it tells of one; what the library says of a fault of its own or ours is none of it.
    fn of_a_stranger(&self) -> Option<&'static str> {
        let said = self.0.strip_prefix("stream error: ").unwrap_or(&self.0);
        if said.starts_with("request parse error") {
            Some("no_request")
        } else if said.starts_with("MAX_BUFFER_SIZE unprocessed data reached") {
            Some("too_large")
        } else if said.starts_with("I/O error") || said.starts_with("write zero") {
            Some("hung_up")
        } else {
            None
        }
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing into memory cannot fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::error;

    use super::*;

    /// The events that get past it.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut said = Said::default();
            event.record(&mut said);
            self.0.lock().unwrap().push(said.0);
        }
    }

    #[test]
    fn what_strangers_send_leaves_no_line_and_faults_do() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::registry().with(Strangers).with(kept.clone());
        tracing::subscriber::with_default(subscriber, || {
            error!(target: "actix_http::h1::dispatcher", "stream error: {}", "request parse error: invalid Header provided");
            error!(target: "actix_http::h1::dispatcher", "stream error: {}", "I/O error: connection reset by peer");
            error!(target: "actix_http::h1::dispatcher", "write zero; closing");
            error!(target: "actix_http::h1::decoder", "MAX_BUFFER_SIZE unprocessed data reached, closing");
            error!(target: "actix_http::h1::dispatcher", "stream error: {}", "internal error");
            error!(target: "actix_http::h1::dispatcher", "Response payload stream error: {:?}", "broke off");
            error!("request parse error of our own");
        });
        let kept = kept.0.lock().unwrap();
        assert_eq!(
            *kept,
            [
                "stream error: internal error",
                "Response payload stream error: \"broke off\"",
                "request parse error of our own"
            ]
        );
    }

    #[test]
    fn below_info_only_our_own_code_speaks() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::registry().with(filter_fn(may_speak)).with(kept.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "healthcare_api::cli", "ours");
            tracing::debug!(target: "tokio_postgres::query", "executing statement with parameters");
            tracing::warn!(target: "tokio_postgres::connection", "a notice");
        });
        assert_eq!(*kept.0.lock().unwrap(), ["ours", "a notice"]);
    }
}
