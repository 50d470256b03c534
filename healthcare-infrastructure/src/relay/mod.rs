//! The relay: every domain event goes to the Kafka topic `domain-events` as a CloudEvent, in order within a patient.
//!
//! A page of events is sent, every delivery report awaited, and only then does the checkpoint move. After a crash the
//! events behind the checkpoint are sent again, so that a receiver deduplicates by `ce_id`. While the broker is away
//! the relay waits with one page in its hands; commands go on, and later it drains in order.

mod cloud_event;
mod content;
mod send;

pub use cloud_event::{headers, is_urgent};
pub use content::shareable;

use std::time::Duration;

use healthcare_application::StoreError;
use healthcare_domain::DomainEvent;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    event_log::{Checkpoint, Decoded, Feed, Leadership, Page, Part, Start, Window},
    event_store::PgEventStore,
};
use send::{Outgoing, Sender};

/// Where every domain event goes.
pub const TOPIC: &str = "domain-events";
/// How many partitions the topic is made with. It is never changed: the order of a patient hangs on it.
pub const PARTITIONS: i32 = 12;

/// Where alerts go that were raised or became worse, beside the topic of all events.
pub const ALERTS: &str = "alerts.raised";

/// How many events are on their way at once.
const PAGE: i64 = 1_000;
/// How many ticks are taken at once, at most.
const MERGE: i64 = 64;
/// How long to wait before trying again what failed, or asking again to lead.
const AGAIN: Duration = Duration::from_secs(1);

/// Sends the log to Kafka.
pub struct Relay {
    store: PgEventStore,
    brokers: String,
    topic: String,
    /// The name of the checkpoint.
    name: &'static str,
    /// Which types of event are sent.
    wants: fn(&str) -> bool,
}

/// Why the relay stopped for a moment.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The record does not answer, or an event cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The broker refuses, or cannot be reached yet.
    #[error("Kafka refuses")]
    Kafka(#[from] rdkafka::error::KafkaError),
    /// Another process leads by now.
    #[error("another process runs the relay")]
    Lost,
}

impl Relay {
    /// A relay to these brokers (`host:port`, comma-separated).
    pub fn new(store: &PgEventStore, brokers: &str) -> Self {
        let (store, brokers, topic) = (store.clone(), brokers.to_owned(), TOPIC.to_owned());
        Self { store, brokers, topic, name: "relay", wants: |_| true }
    }

    /// A relay of raised and worsened alerts alone, to [`ALERTS`]. It follows the record as the other one does, so that
    /// an alert is raised and shown whether or not there is a broker, and none is left out afterwards.
    pub fn of_alerts(store: &PgEventStore, brokers: &str) -> Self {
        let wants = |kind: &str| matches!(kind, "alert.raised" | "alert.worsened");
        Self { name: "relay-alerts", wants, ..Self::new(store, brokers).to_topic(ALERTS) }
    }

    /// The same, to another topic.
    #[must_use]
    pub fn to_topic(self, topic: &str) -> Self {
        Self { topic: topic.to_owned(), ..self }
    }

    /// Relays until stopped, where no other process does. Outlives a broker and a database that go away.
    pub async fn run(self, feed: Feed, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let leadership = match feed.lead(self.name, 0).await {
                Ok(leadership) => leadership,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the relay cannot ask to lead");
                    None
                }
            };
            if let Some(leadership) = leadership {
                tokio::select! {
                    () = stop.cancelled() => {}
                    Err(error) = self.lead(&leadership, feed.clone()) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "the relay could not go on; it will try again");
                    }
                }
                leadership.resign().await;
            }
            tokio::select! { () = stop.cancelled() => {}, () = sleep(AGAIN) => {} }
        }
    }

    /// Relays until something fails. What is in the producer's hands is purged with it.
    async fn lead(&self, leadership: &Leadership, mut feed: Feed) -> Result<std::convert::Infallible, RelayError> {
        let sender = Sender::connect(&self.brokers, &self.topic).await?;
        let mut checkpoint = {
            let client = self.store.database().get().await?;
            Checkpoint::ensure(&client, self.name, 1, Start::Beginning).await?;
            Checkpoint::claim(&client, self.name, 0).await?
        };
        loop {
            let window = {
                let client = self.store.database().get().await?;
                Window::after(&client, checkpoint.tick, MERGE).await?
            };
            match window {
                Some(window) => {
                    self.send_window(&sender, &window, leadership).await?;
                    let client = self.store.database().get().await?;
                    if !checkpoint.advance(&client, self.name, 0, window.to.id, false).await? {
                        return Err(RelayError::Lost);
                    }
                    checkpoint.tick = window.to.id;
                }
                None => tokio::select! { () = feed.beyond(checkpoint.tick) => {}, () = sleep(AGAIN) => {} },
            }
            if !leadership.lasts() {
                return Err(RelayError::Lost);
            }
        }
    }

    /// Sends a window page by page; each page is delivered before the next is read.
    async fn send_window(&self, sender: &Sender, window: &Window, leadership: &Leadership) -> Result<(), RelayError> {
        let mut after = 0;
        loop {
            // No transaction is open while Kafka is waited for.
            let page = {
                let client = self.store.database().get().await?;
                window.page(&client, Part::ALL, after, PAGE).await?
            };
            let Some(last) = page.last_seq() else { return Ok(()) };
            let outgoing = self.outgoing(&page).await?;
            let sending = sender.deliver(&outgoing);
            tokio::pin!(sending);
            loop {
                tokio::select! {
                    delivered = &mut sending => break delivered?,
                    () = sleep(AGAIN) => if !leadership.lasts() { return Err(RelayError::Lost) },
                }
            }
            let sent = u64::try_from(outgoing.len()).unwrap_or(0);
            metrics::counter!("healthcare_relayed_events_total", "relay" => self.name).increment(sent);
            if !page.more {
                return Ok(());
            }
            after = last;
        }
    }

    /// The messages of a page. An erased patient's events have no content any more and are passed over. An event that
    /// cannot be read stops the relay: order is kept, and the alert on its lag rings.
    async fn outgoing(&self, page: &Page) -> Result<Vec<Outgoing>, RelayError> {
        let keys = page.keys(self.store.codec(), self.wants).await?;
        let mut outgoing = Vec::with_capacity(page.len());
        for entry in page.entries().filter(|entry| (self.wants)(entry.event_type())) {
            match entry.decode(&keys) {
                Decoded::Event(event) => outgoing.push(Outgoing {
                    key: key(event.patient.map(|p| p.0), event.stream_id),
                    headers: headers(&event),
                    payload: shareable(&event.event).to_string(),
                }),
                Decoded::Erased => {}
                Decoded::Damaged(error) => {
                    let (stream, version) = entry.place();
                    tracing::error!(event.id = %format_args!("{stream}:{version}"), "the relay stands at an event that cannot be read");
                    return Err(error.into());
                }
            }
        }
        Ok(outgoing)
    }
}

/// What order is kept within: the patient, or the stream where it is about none.
fn key(patient: Option<Uuid>, stream: Uuid) -> String {
    patient.unwrap_or(stream).to_string()
}

/// The CloudEvents type of an event.
fn kind(event: &DomainEvent) -> &'static str {
    event.kind()
}
