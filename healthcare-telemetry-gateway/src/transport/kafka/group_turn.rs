//! Turns of the consumer group: which partitions a reader holds. Where to go on in them is asked of the database, not of
//! the broker, so that the assignment is made by the reader when it knows.

use rdkafka::{
    ClientContext, TopicPartitionList,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
    types::RDKafkaRespErr,
};
use tokio::sync::mpsc;

/// A change of what a reader holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// These partitions, to be assigned by the reader.
    Given(Vec<i32>),
    /// None any more.
    Taken,
}

/// Tells the reader of turns.
pub(super) struct Turns {
    pub told: mpsc::UnboundedSender<Turn>,
}

impl ClientContext for Turns {}

impl ConsumerContext for Turns {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, code: RDKafkaRespErr, parts: &mut TopicPartitionList) {
        let turn = if matches!(code, RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
            Turn::Given(parts.elements().iter().map(|part| part.partition()).collect())
        } else {
            if let Err(error) = consumer.unassign() {
                tracing::warn!(%error, "partitions could not be given back");
            }
            Turn::Taken
        };
        // A reader that has ended needs none.
        let _ended = self.told.send(turn);
    }
}
