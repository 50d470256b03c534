//! The topics, and how they are made.

use std::time::Duration;

use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::{KafkaError, RDKafkaErrorCode},
};
use tokio::sync::OnceCell;

/// How many partitions each topic is made with. Never changed: the order of a patient's readings hangs on it.
pub const PARTITIONS: i32 = 12;
/// How long making them may take.
const LIMIT: Duration = Duration::from_secs(4);

/// The names of the topics and of the group that reads.
#[derive(Debug)]
pub struct Topics {
    /// Readings as devices sent them, each with the device and when it was received.
    pub raw: String,
    /// In our codes and units.
    pub normalized: String,
    /// With the patient.
    pub enriched: String,
    /// NEWS2, whenever it says something new.
    pub scored: String,
    /// What lay in `raw` and is no reading.
    pub dead: String,
    /// The consumer group of the gateways.
    pub group: String,
    made: OnceCell<()>,
}

impl Topics {
    /// The names with something before each.
    pub fn with_prefix(prefix: &str) -> Self {
        let named = |name: &str| format!("{prefix}{name}");
        Self {
            raw: named("telemetry.raw"),
            normalized: named("telemetry.normalized"),
            enriched: named("telemetry.enriched"),
            scored: named("telemetry.scored"),
            dead: named("telemetry.dead"),
            group: named("healthcare-telemetry"),
            made: OnceCell::new(),
        }
    }

    /// Makes those that are not there. Asked again after a failure, and not after it succeeded.
    ///
    /// # Errors
    /// When the broker does not answer in time, or refuses.
    pub async fn ensure(&self, brokers: &str) -> Result<(), KafkaError> {
        self.made.get_or_try_init(|| self.make(brokers)).await.copied()
    }

    async fn make(&self, brokers: &str) -> Result<(), KafkaError> {
        let admin: AdminClient<DefaultClientContext> =
            ClientConfig::new().set("bootstrap.servers", brokers).set("client.id", "healthcare-telemetry").create()?;
        let wanted = [&self.raw, &self.normalized, &self.enriched, &self.scored, &self.dead]
            .map(|name| NewTopic::new(name, PARTITIONS, TopicReplication::Fixed(-1)));
        let options = AdminOptions::new().request_timeout(Some(LIMIT)).operation_timeout(Some(LIMIT));
        for made in admin.create_topics(&wanted, &options).await? {
            match made {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((_, code)) => return Err(KafkaError::AdminOp(code)),
            }
        }
        Ok(())
    }
}
