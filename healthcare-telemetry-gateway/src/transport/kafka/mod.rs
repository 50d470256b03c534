//! Readings over Kafka: taken at the [`door`], kept in `telemetry.raw`, brought to their effect by a [`reader`].
//!
//! Nothing is lost and nothing has its effect twice: a batch is acknowledged when the broker has all of it on disk; a
//! reader moves its position in the transaction of the effect, which only the position it began from allows. The
//! topics behind (`telemetry.normalized`, `.enriched`, `.scored`, `.dead`) are written before that transaction commits:
//! after a crash between the two they are written again, and a receiver deduplicates by `ce_source` and `ce_id`.
//! `alerts.raised` follows the log of the record ([`healthcare_infrastructure::relay::Relay::of_alerts`]).

mod dead;
mod derived;
mod door;
mod group_turn;
mod position;
mod producer;
mod raw;
mod reader;
mod settle;
mod topics;

pub use door::Door;
pub use producer::Producer;
pub use raw::Raw;
pub use reader::Reader;
pub use topics::{PARTITIONS, Topics};

use std::{sync::Arc, time::Duration};

/// How long a batch waits for the broker before nothing of it is acknowledged.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The broker, with the topics that are used there. Cheap to clone.
#[derive(Clone)]
pub struct Backbone {
    /// Where it is: `host:port`, comma-separated.
    pub brokers: String,
    /// The topics.
    pub topics: Arc<Topics>,
    /// What writes to them.
    pub producer: Producer,
}

impl Backbone {
    /// The topics under their own names, at these brokers. Connects when it is first used.
    pub fn new(brokers: &str) -> Self {
        Self::with_prefix(brokers, "")
    }

    /// The same with a prefix before every topic and group, for sites that share a broker.
    pub fn with_prefix(brokers: &str, prefix: &str) -> Self {
        let topics = Arc::new(Topics::with_prefix(prefix));
        Self { brokers: brokers.to_owned(), topics, producer: Producer::new(brokers) }
    }

    /// Makes the topics where they are not there, once.
    async fn prepare(&self) -> Result<(), rdkafka::error::KafkaError> {
        self.topics.ensure(&self.brokers).await
    }
}
