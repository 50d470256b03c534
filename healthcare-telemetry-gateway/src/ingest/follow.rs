//! Following the log: what was charted, and what was charted in error.

use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::Transaction;
use healthcare_application::{clock::Clock, store::Recorded};
use healthcare_domain::{DomainEvent, id::VitalsId, vitals::VitalsEvent};
use healthcare_infrastructure::event_log::{ConsumeError, Consumer};
use tokio::sync::Notify;

use super::charted;
use crate::alert::Policy;

/// The consumer that brings charted vital signs to the score and the alarms.
pub struct ChartedVitals {
    /// When the gateway alarms.
    pub policy: Policy,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Told of changes of alerts that wait to be carried out.
    pub alerted: Arc<Notify>,
}

#[async_trait]
impl Consumer for ChartedVitals {
    fn name(&self) -> &'static str {
        "telemetry-charted-vitals"
    }

    fn wants(&self, event_type: &str) -> bool {
        matches!(event_type, "encounter.vitals.recorded" | "encounter.vitals.entered-in-error")
    }

    async fn handle(&self, tx: &Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        // Imported observations carry the same type of event; they are of a stream of their own, and of the past.
        let (DomainEvent::Vitals(vitals), Some(patient)) = (&event.event, event.patient) else { return Ok(()) };
        let (id, now) = (VitalsId(event.stream_id), self.clock.now());
        match vitals {
            VitalsEvent::VitalsRecorded { vitals } => {
                charted::chart(tx, patient, id, vitals, &self.policy, now).await?;
            }
            VitalsEvent::VitalsEnteredInError { .. } => {
                charted::strike(tx, patient, id, &self.policy, now).await?;
            }
        }
        Ok(())
    }

    async fn committed(&self) {
        self.alerted.notify_one();
    }
}
