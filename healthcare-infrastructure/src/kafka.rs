//! Whether the event backbone answers.

use std::{sync::Arc, time::Duration};

use rdkafka::{
    ClientConfig,
    consumer::{BaseConsumer, Consumer},
};

use crate::relay::TOPIC;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// The brokers cannot be read as such.
#[derive(Debug, thiserror::Error)]
#[error("the brokers cannot be read as host:port, separated by commas")]
pub struct BadBrokers(#[from] rdkafka::error::KafkaError);

/// The configured brokers. Cheap to clone.
#[derive(Clone)]
pub struct Kafka(Arc<BaseConsumer>);

impl Kafka {
    /// These brokers (`host:port`, comma-separated). They need not answer yet.
    ///
    /// # Errors
    /// When they cannot be read as such.
    pub fn new(brokers: &str) -> Result<Self, BadBrokers> {
        Ok(Self(Arc::new(ClientConfig::new().set("bootstrap.servers", brokers).create()?)))
    }

    /// Whether a broker answers, within a second.
    pub async fn answers(&self) -> bool {
        let client = Arc::clone(&self.0);
        let asked = tokio::task::spawn_blocking(move || client.fetch_metadata(Some(TOPIC), PATIENCE).is_ok());
        asked.await.unwrap_or(false)
    }
}
