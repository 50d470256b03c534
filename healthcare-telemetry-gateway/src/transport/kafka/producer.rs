//! Sending messages in order, and waiting until all are acknowledged by every replica that counts.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::try_join_all;
use rdkafka::{
    ClientConfig,
    error::{KafkaError, RDKafkaErrorCode},
    message::OwnedHeaders,
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _},
};
use tokio::time::{sleep, timeout};

use super::PATIENCE;

/// A message on its way.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub topic: String,
    pub key: String,
    pub headers: OwnedHeaders,
    pub payload: Vec<u8>,
}

/// An idempotent producer. Cheap to clone. A message that the broker does not take in time fails, so that nobody waits
/// without end.
#[derive(Clone)]
pub struct Producer {
    brokers: String,
    current: Arc<Mutex<Option<FutureProducer>>>,
}

impl Producer {
    /// To these brokers. Connects when it is first used.
    pub fn new(brokers: &str) -> Self {
        Self { brokers: brokers.to_owned(), current: Arc::default() }
    }

    /// Sends all in order and waits for every acknowledgement. After an error some may have arrived.
    pub(super) async fn deliver(&self, all: Vec<Outgoing>) -> Result<(), KafkaError> {
        if all.is_empty() {
            return Ok(());
        }
        let producer = self.producer()?;
        // The messages give up by themselves a moment earlier.
        timeout(PATIENCE * 2, send(&producer, all)).await.unwrap_or(Err(timed_out()))
    }

    /// Whether the broker answers.
    pub(super) async fn reaches(&self, topic: &str) -> Result<(), KafkaError> {
        let (producer, topic) = (self.producer()?, topic.to_owned());
        let asked = tokio::task::spawn_blocking(move || producer.client().fetch_metadata(Some(&topic), PATIENCE / 2));
        asked.await.map_err(|_| KafkaError::Canceled)?.map(|_| ())
    }

    /// The producer; a new one after an error from which librdkafka cannot go on.
    fn producer(&self) -> Result<FutureProducer, KafkaError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(producer) = current.as_ref().filter(|producer| producer.client().fatal_error().is_none()) {
            return Ok(producer.clone());
        }
        let producer: FutureProducer = ClientConfig::new()
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "healthcare-telemetry")
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", PATIENCE.as_millis().to_string())
            .set("reconnect.backoff.max.ms", "1000")
            .set("partitioner", "murmur2_random")
            .set("linger.ms", "1")
            .create()?;
        *current = Some(producer.clone());
        Ok(producer)
    }
}

async fn send(producer: &FutureProducer, all: Vec<Outgoing>) -> Result<(), KafkaError> {
    let mut pending: Vec<DeliveryFuture> = Vec::with_capacity(all.len());
    for Outgoing { topic, key, headers, payload } in &all {
        loop {
            let record = FutureRecord::to(topic).key(key).payload(payload).headers(headers.clone());
            match producer.send_result(record) {
                Ok(report) => break pending.push(report),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                    delivered(std::mem::take(&mut pending)).await?;
                    sleep(std::time::Duration::from_millis(5)).await;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }
    delivered(pending).await
}

async fn delivered(pending: Vec<DeliveryFuture>) -> Result<(), KafkaError> {
    let report = async |report: DeliveryFuture| match report.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err((error, _))) => Err(error),
        Err(_cancelled) => Err(KafkaError::Canceled),
    };
    try_join_all(pending.into_iter().map(report)).await.map(|_| ())
}

const fn timed_out() -> KafkaError {
    KafkaError::MessageProduction(RDKafkaErrorCode::MessageTimedOut)
}
