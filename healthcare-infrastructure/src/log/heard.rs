//! What is heard of all that is said: what the environment asks for, and of strangers a count.

use std::fmt::{Debug, Write};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
    subscriber::Interest,
};
use tracing_subscriber::{EnvFilter, Layer, layer::Context};

/// Lets pass what the environment asks for.
///
/// Who connects and sends what is no request, or hangs up in the middle of one, is counted and leaves no line: anybody could fill
/// the log that way. The HTTP library takes both for errors of the server. They are counted whatever the environment asks for.
pub(super) struct Heard(pub(super) EnvFilter);

/// Whether an event may tell of a stranger: what the library says of its connections where something went wrong.
fn of_connections(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && *metadata.level() == Level::ERROR && metadata.target().starts_with("actix_http::h1")
}

impl<S: Subscriber> Layer<S> for Heard {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if of_connections(metadata) { Interest::always() } else { Layer::<S>::register_callsite(&self.0, metadata) }
    }

    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        of_connections(metadata) || Layer::<S>::enabled(&self.0, metadata, context)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Layer::<S>::max_level_hint(&self.0).map(|hint| hint.max(LevelFilter::ERROR))
    }

    fn event_enabled(&self, event: &Event<'_>, context: Context<'_, S>) -> bool {
        if !of_connections(event.metadata()) {
            return true;
        }
        let mut said = Said::default();
        event.record(&mut said);
        let Some(why) = said.of_a_stranger() else {
            return Layer::<S>::enabled(&self.0, event.metadata(), context);
        };
        metrics::counter!("healthcare_http_unreadable_total", "why" => why).increment(1);
        false
    }

    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        Layer::<S>::on_new_span(&self.0, attributes, id, context);
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        Layer::<S>::on_record(&self.0, id, values, context);
    }

    fn on_enter(&self, id: &span::Id, context: Context<'_, S>) {
        Layer::<S>::on_enter(&self.0, id, context);
    }

    fn on_exit(&self, id: &span::Id, context: Context<'_, S>) {
        Layer::<S>::on_exit(&self.0, id, context);
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        Layer::<S>::on_close(&self.0, id, context);
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
pub(super) mod tests {
    use std::sync::{Arc, Mutex, atomic::AtomicU64, atomic::Ordering};

    use metrics::{Counter, Gauge, Histogram, Key, KeyName, Recorder, SharedString, Unit};
    use tracing::{error, info};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// The events that get past it.
    #[derive(Clone, Default)]
    pub(in super::super) struct Kept(Arc<Mutex<Vec<String>>>);

    impl Kept {
        pub(in super::super) fn all(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut said = Said::default();
            event.record(&mut said);
            self.0.lock().unwrap().push(said.0);
        }
    }

    /// What was counted.
    #[derive(Default)]
    struct Counted(Arc<AtomicU64>);

    impl Recorder for Counted {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn register_counter(&self, key: &Key, _: &metrics::Metadata<'_>) -> Counter {
            assert_eq!(key.name(), "healthcare_http_unreadable_total");
            Counter::from_arc(Arc::clone(&self.0))
        }
        fn register_gauge(&self, _: &Key, _: &metrics::Metadata<'_>) -> Gauge {
            Gauge::noop()
        }
        fn register_histogram(&self, _: &Key, _: &metrics::Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    /// What gets past a filter of what is said, and how many strangers were counted.
    fn heard(filter: &str) -> (Vec<String>, u64) {
        let (kept, counted) = (Kept::default(), Counted::default());
        let subscriber = tracing_subscriber::registry().with(Heard(EnvFilter::new(filter))).with(kept.clone());
        metrics::with_local_recorder(&counted, || {
            tracing::subscriber::with_default(subscriber, || {
                error!(target: "actix_http::h1::dispatcher", "stream error: {}", "request parse error: invalid Header provided");
                error!(target: "actix_http::h1::dispatcher", "stream error: {}", "I/O error: connection reset by peer");
                error!(target: "actix_http::h1::dispatcher", "write zero; closing");
                error!(target: "actix_http::h1::decoder", "MAX_BUFFER_SIZE unprocessed data reached, closing");
                error!(target: "actix_http::h1::dispatcher", "stream error: {}", "internal error");
                error!(target: "actix_http::h1::dispatcher", "Response payload stream error: {:?}", "broke off");
                error!("request parse error of our own");
                info!("all is well");
            });
        });
        (kept.all(), counted.0.load(Ordering::Relaxed))
    }

    #[test]
    fn what_strangers_send_leaves_no_line_and_faults_do() {
        let said = ["stream error: internal error", "Response payload stream error: \"broke off\""];
        let ours = ["request parse error of our own", "all is well"];
        assert_eq!(heard("info"), ([said, ours].concat().iter().map(ToString::to_string).collect(), 4));
    }

    /// SECURITY 54: nobody who asks for less in the log switches the count off.
    #[test]
    fn strangers_are_counted_whatever_is_to_be_logged() {
        assert_eq!(heard("off"), (vec![], 4));
        let ours = vec!["request parse error of our own".to_owned()];
        assert_eq!(heard("error,actix_http=off"), (ours.clone(), 4));
        assert_eq!(heard("healthcare_infrastructure=warn,actix_http::h1::dispatcher=off"), (ours, 4));
    }
}
