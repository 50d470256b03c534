//! Sending a page in order, and waiting until all of it is acknowledged.

use std::time::Duration;

use futures::future::try_join_all;
use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::{KafkaError, RDKafkaErrorCode},
    message::OwnedHeaders,
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer, PurgeConfig},
};

use super::PARTITIONS;

/// A message on its way.
pub(super) struct Outgoing {
    pub key: String,
    pub headers: OwnedHeaders,
    pub payload: String,
}

/// A producer for one topic. Dropped, it gives up what it holds.
pub(super) struct Sender {
    producer: FutureProducer,
    topic: String,
}

impl Sender {
    /// Connects, and makes the topic where it is not there.
    pub async fn connect(brokers: &str, topic: &str) -> Result<Self, KafkaError> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("client.id", "healthcare-relay");
        let admin: AdminClient<DefaultClientContext> = config.create()?;
        let wanted = NewTopic::new(topic, PARTITIONS, TopicReplication::Fixed(-1));
        let options = AdminOptions::new().request_timeout(Some(Duration::from_secs(10)));
        for made in admin.create_topics([&wanted], &options).await? {
            match made {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((_, code)) => return Err(KafkaError::AdminOp(code)),
            }
        }
        // A message never times out: it waits for the broker in its place, so that none overtakes it.
        let producer = config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", "0")
            .set("partitioner", "murmur2_random")
            .set("linger.ms", "1")
            .create()?;
        Ok(Self { producer, topic: topic.to_owned() })
    }

    /// Sends all in order and waits for every acknowledgement. After an error the sender is to be dropped: some may
    /// have arrived, and all are to be sent again.
    pub async fn deliver(&self, all: &[Outgoing]) -> Result<(), KafkaError> {
        let mut pending: Vec<DeliveryFuture> = Vec::with_capacity(all.len());
        for one in all {
            loop {
                let record =
                    FutureRecord::to(&self.topic).key(&one.key).payload(&one.payload).headers(one.headers.clone());
                match self.producer.send_result(record) {
                    Ok(report) => break pending.push(report),
                    Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) if !pending.is_empty() => {
                        delivered(std::mem::take(&mut pending)).await?;
                    }
                    Err((error, _)) => return Err(error),
                }
            }
        }
        delivered(pending).await
    }
}

async fn delivered(pending: Vec<DeliveryFuture>) -> Result<(), KafkaError> {
    try_join_all(pending.into_iter().map(|report| async {
        match report.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err((error, _))) => Err(error),
            Err(_cancelled) => Err(KafkaError::Canceled),
        }
    }))
    .await
    .map(|_| ())
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.producer.purge(PurgeConfig::default().queue().inflight());
    }
}
