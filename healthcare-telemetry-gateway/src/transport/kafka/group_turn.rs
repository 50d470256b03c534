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
        let given = matches!(code, RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS);
        let turn = if given {
            Turn::Given(parts.elements().iter().map(|part| part.partition()).collect())
        } else {
            Turn::Taken
        };
        // A reader that is leaving takes nothing up any more.
        let heard = self.told.send(turn).is_ok();
        if (!given || !heard)
            && let Err(error) = consumer.unassign()
        {
            tracing::warn!(%error, "partitions could not be given back");
        }
    }
}
