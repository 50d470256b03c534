//! The way readings take from the door to the store: in process, or over Kafka.

pub mod kafka;

use std::sync::Arc;

use healthcare_application::StoreError;
use healthcare_domain::id::DeviceId;

use crate::{
    ingest::{Ingest, Receipt},
    reading::Reading,
};

/// How readings travel. Either way a batch is answered when it is durable.
#[derive(Clone)]
pub enum Transport {
    /// Straight into the store.
    InProcess(Ingest),
    /// To the broker, and from there into the store.
    Kafka(Arc<kafka::Door>),
}

impl Transport {
    /// Takes a batch. With a broker `duplicates` counts repeats within the batch alone: a repeat of an earlier one
    /// is found out later, and stored once all the same.
    ///
    /// # Errors
    /// When it could not be made durable: nothing of it is acknowledged, and it may be sent again as it is.
    pub async fn submit(
        &self,
        readings: &[Reading],
        bound_to: Option<DeviceId>,
        trace: Option<&str>,
    ) -> Result<Receipt, StoreError> {
        match self {
            Self::InProcess(ingest) => ingest.submit(readings, bound_to, trace).await,
            Self::Kafka(door) => door.submit(readings, bound_to, trace).await,
        }
    }
}
