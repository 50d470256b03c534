//! Following the log: what the record says of a patient that decides how they are scored and when they alarm.

use async_trait::async_trait;
use deadpool_postgres::Transaction;
use healthcare_application::{StoreError, store::Recorded};
use healthcare_domain::{DomainEvent, id::PatientId};
use healthcare_infrastructure::event_log::{ConsumeError, Consumer};

use crate::store::{limits, pregnancy};

/// The consumer that brings alarm limits set for a patient to the alarms, and has a pregnancy looked up anew when the
/// problem list changes. It reads the record as it is by then, so that doing it twice changes nothing.
pub struct PatientProfile;

#[async_trait]
impl Consumer for PatientProfile {
    fn name(&self) -> &'static str {
        "telemetry-patient-profile"
    }

    fn wants(&self, event_type: &str) -> bool {
        event_type.starts_with("patient.problem.")
            || matches!(
                event_type,
                "encounter.diagnosis.added" | "patient.alarm-limits.set" | "patient.merged" | "patient.unmerged"
            )
    }

    async fn handle(&self, tx: &Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        let Some(patient) = event.patient else { return Ok(()) };
        // What is charted of a merged patient decides on the survivor's alarms.
        let held = tx.prepare_cached("select es.survivor_of($1)").await?;
        let patient = PatientId(tx.query_one(&held, &[&patient.0]).await?.get(0));
        if matches!(event.event, DomainEvent::AlarmLimits(_) | DomainEvent::Identity(_)) {
            limits::refresh(tx, patient).await.map_err(|error| match error {
                StoreError::Damaged(_) => ConsumeError::Poison("the alarm limits on record cannot be read".to_owned()),
                other => ConsumeError::Unavailable(Box::new(other)),
            })
        } else {
            Ok(pregnancy::forget(tx, patient.0).await?)
        }
    }
}
