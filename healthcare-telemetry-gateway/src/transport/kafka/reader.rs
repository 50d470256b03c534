//! The reader of `telemetry.raw`: a member of the gateways' consumer group.

use std::{convert::Infallible, sync::Arc, time::Duration};

use futures::FutureExt;
use healthcare_application::clock::Clock;
use healthcare_infrastructure::{database::Database, live::LiveVitals};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{Consumer, StreamConsumer},
    error::{KafkaError, RDKafkaErrorCode},
    message::{BorrowedMessage, Headers},
};
use tokio::{
    sync::{Notify, mpsc},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{
    Backbone,
    group_turn::{Turn, Turns},
    position::{self, Positions},
    settle::{Halt, Incoming, Settlement},
};
use crate::ingest::Settings;

/// Messages of one transaction at the most.
const BATCH: usize = 5_000;
/// How long to wait before trying again what failed.
const AGAIN: Duration = Duration::from_secs(1);

/// Brings readings from the topic to their effect, each once.
pub struct Reader {
    /// The record.
    pub db: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The gateway's settings.
    pub settings: Arc<Settings>,
    /// Told of changes of alerts.
    pub alerted: Arc<Notify>,
    /// Told of what was stored.
    pub live: LiveVitals,
    /// Where readings come from.
    pub backbone: Backbone,
}

impl Reader {
    /// Reads until told to stop. Outlives a broker and a database that go away: after a failure it leaves the group
    /// and joins again, and goes on where the record says.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                biased;
                // A batch that is on its way is rolled back, and read again by whoever comes next.
                () = stop.cancelled() => {}
                Err(error) = self.read() => match error {
                    Halt::Fenced => {
                        tracing::info!("another reader went on with a partition; joining again");
                        metrics::counter!("healthcare_telemetry_fenced_total").increment(1);
                    }
                    error => tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "readings wait in the topic; they are tried again"
                    ),
                }
            }
            tokio::select! { () = stop.cancelled() => {}, () = sleep(AGAIN) => {} }
        }
    }

    /// One membership of the group, until something fails.
    async fn read(&self) -> Result<Infallible, Halt> {
        let Backbone { brokers, topics, producer } = &self.backbone;
        self.backbone.prepare().await?;
        producer.reaches(&topics.raw).await?;
        let (told, turns) = mpsc::unbounded_channel();
        let consumer: StreamConsumer<Turns> = ClientConfig::new()
            .set("bootstrap.servers", brokers)
            .set("client.id", "healthcare-telemetry")
            .set("group.id", &topics.group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest")
            .set("partition.assignment.strategy", "range")
            .set("session.timeout.ms", "10000")
            .set("reconnect.backoff.max.ms", "1000")
            .set("fetch.wait.max.ms", "50")
            .create_with_context(Turns { told })?;
        let _leaving = Leaving(&consumer);
        // Dropped first of all: from then on whoever would tell of a turn answers for it.
        let mut turns = turns;
        consumer.subscribe(&[&topics.raw])?;
        let settlement =
            Settlement { db: &self.db, settings: &self.settings, backbone: &self.backbone, clock: self.clock.as_ref() };
        let mut positions = Positions::new();
        loop {
            tokio::select! {
                biased;
                Some(turn) = turns.recv() => {
                    // Only the last word counts.
                    let mut turn = turn;
                    while let Ok(later) = turns.try_recv() {
                        turn = later;
                    }
                    positions = self.follow(turn, &consumer).await?;
                }
                first = consumer.recv() => {
                    let batch = match first {
                        Ok(first) => collect(first, &consumer, &positions),
                        Err(error) => {
                            passing(error)?;
                            continue;
                        }
                    };
                    if batch.is_empty() {
                        continue;
                    }
                    let settled = settlement.settle(&batch, &mut positions).await?;
                    metrics::counter!("healthcare_telemetry_rows_total").increment(settled.stored);
                    metrics::counter!("healthcare_telemetry_duplicates_total").increment(settled.duplicates);
                    self.live.publish(settled.shown);
                    if settled.alerts {
                        self.alerted.notify_one();
                    }
                }
            }
        }
    }

    /// Takes up the partitions that were given, from where the record says.
    async fn follow(&self, turn: Turn, consumer: &StreamConsumer<Turns>) -> Result<Positions, Halt> {
        let Turn::Given(parts) = turn else { return Ok(Positions::new()) };
        let topic = &self.backbone.topics.raw;
        let positions = {
            let client = self.db.get().await?;
            position::load(&client, topic, &parts).await?
        };
        let mut list = TopicPartitionList::with_capacity(positions.len());
        for (part, next) in &positions {
            list.add_partition_offset(topic, *part, Offset::Offset(*next))?;
        }
        consumer.assign(&list)?;
        tracing::info!(partitions = positions.len(), "reading telemetry.raw");
        Ok(positions)
    }
}

/// Gives back what a reader holds, or was just given, when it leaves: librdkafka waits for that word before it closes.
struct Leaving<'a>(&'a StreamConsumer<Turns>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.unassign() {
            tracing::warn!(%error, "partitions could not be given back");
        }
    }
}

/// The first message and what else is there already.
fn collect(first: BorrowedMessage<'_>, consumer: &StreamConsumer<Turns>, positions: &Positions) -> Vec<Incoming> {
    let mut batch = vec![];
    let mut next = positions.clone();
    let mut one = Some(Ok(first));
    while let Some(Ok(message)) = one {
        take(&message, &mut next, &mut batch);
        one = if batch.len() < BATCH { consumer.recv().now_or_never() } else { None };
    }
    batch
}

/// Takes a message of a partition that is held. The topic has no gaps: where it jumps, messages were deleted before
/// they were read, or the topic was made anew. Both are said aloud, and what is there is taken all the same.
fn take(message: &BorrowedMessage<'_>, next: &mut Positions, batch: &mut Vec<Incoming>) {
    let (part, offset) = (message.partition(), message.offset());
    let Some(expected) = next.get_mut(&part) else { return };
    if offset != *expected {
        tracing::error!(
            part,
            offset,
            expected = *expected,
            "telemetry.raw does not go on where it was left: readings may be lost"
        );
        metrics::counter!("healthcare_telemetry_gaps_total").increment(1);
    }
    *expected = offset + 1;
    let trace = message.headers().and_then(|headers| {
        let found = headers.iter().find(|header| header.key == "traceparent")?;
        std::str::from_utf8(found.value?).ok().filter(|trace| trace.len() <= 128).map(str::to_owned)
    });
    batch.push(Incoming {
        part,
        offset,
        key: message.key().unwrap_or_default().to_vec(),
        payload: message.payload().unwrap_or_default().to_vec(),
        trace,
    });
}

/// Most errors of a consumer pass by themselves: it reconnects.
fn passing(error: KafkaError) -> Result<(), KafkaError> {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::Fatal) | None => Err(error),
        Some(code) => {
            tracing::debug!(%code, "the reader waits for the broker");
            Ok(())
        }
    }
}
