//! The way in: readings are validated, given their device, and handed to the broker.

use std::{collections::HashSet, sync::Arc};

use healthcare_application::{StoreError, clock::Clock};
use healthcare_domain::id::DeviceId;
use healthcare_infrastructure::database::{Database, unavailable};

use super::{
    Backbone,
    producer::Outgoing,
    raw::{About, Raw},
};
use crate::{
    enrich::Enriched,
    ingest::{Receipt, Settings, admit},
    pipeline::{Refused, normalise_all},
    reading::Reading,
    store::registry,
};

/// Takes readings for the broker. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    /// The devices and their assignments.
    pub db: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How far device clocks may stray.
    pub settings: Arc<Settings>,
    /// Where readings go.
    pub backbone: Backbone,
}

impl Door {
    /// Takes a batch: refuses what cannot be true or may not be sent, as without a broker, and answers when the rest
    /// is durable there. The key is the patient the device was on when it measured (the device where it was on
    /// nobody), so that a patient's readings stay in order.
    ///
    /// # Errors
    /// When the devices cannot be looked up or the broker does not take all of it in time: nothing is acknowledged.
    #[tracing::instrument(skip_all, fields(readings = readings.len()))]
    pub async fn submit(
        &self,
        readings: &[Reading],
        bound_to: Option<DeviceId>,
        trace: Option<&str>,
    ) -> Result<Receipt, StoreError> {
        let now = self.clock.now();
        let (taken, refused) = normalise_all(readings, now, &self.settings.clock);
        let assignments = {
            let client = self.db.get().await?;
            registry::assignments(&client, taken.iter()).await.map_err(unavailable)?
        };
        let mut receipt = Receipt { refused, ..Receipt::default() };
        let mut outgoing = Vec::with_capacity(taken.len());
        let mut seen = HashSet::with_capacity(taken.len());
        for one in taken {
            let index = one.index;
            match (admit(one, bound_to, &assignments), readings.get(index)) {
                (Ok(row), _) if !seen.insert((row.device, row.reading.signal, row.reading.measured_at)) => {
                    receipt.duplicates += 1;
                }
                (Ok(row), Some(reading)) => outgoing.push(self.message(&row, reading, trace)),
                (Err(reason), _) => receipt.refused.push(Refused { index, reason }),
                (Ok(_), None) => {}
            }
        }
        receipt.accepted = u64::try_from(outgoing.len()).unwrap_or(u64::MAX);
        if !outgoing.is_empty() {
            self.hand_over(outgoing).await?;
        }
        receipt.refused.sort_by_key(|refused| refused.index);
        receipt.count_refused();
        metrics::counter!("healthcare_telemetry_produced_total").increment(receipt.accepted);
        Ok(receipt)
    }

    async fn hand_over(&self, outgoing: Vec<Outgoing>) -> Result<(), StoreError> {
        let delivered = async {
            self.backbone.prepare().await?;
            self.backbone.producer.deliver(outgoing).await
        };
        delivered.await.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the broker did not take readings");
            metrics::counter!("healthcare_telemetry_groups_failed_total").increment(1);
            unavailable(error)
        })
    }

    fn message(&self, row: &Enriched, reading: &Reading, trace: Option<&str>) -> Outgoing {
        let Enriched { reading: normalised, device, patient } = row;
        let about = About {
            event_id: &reading.event_id,
            device: *device,
            patient: *patient,
            at: normalised.measured_at,
            trace,
        };
        let raw = Raw { reading: reading.clone(), device: *device, received_at: normalised.received_at };
        about.message(&self.backbone.topics.raw, "telemetry.reading.received", &reading.event_id, &raw)
    }
}
