//! The alarm limits that the record holds for a patient, brought to where the alarms are judged.

use deadpool_postgres::GenericClient;
use healthcare_application::StoreError;
use healthcare_domain::{alarm_limits::PatientLimits, id::PatientId};
use healthcare_infrastructure::database::unavailable;
use tokio_postgres::types::Json;

use crate::alert::LimitOverride;

/// Brings a patient's limits up to the record. Doing it twice changes nothing.
///
/// # Errors
/// When the database does not answer, or the record cannot be read.
pub async fn refresh(client: &impl GenericClient, patient: PatientId) -> Result<(), StoreError> {
    let held = client
        .prepare_cached("select body from read.entry where kind = 'alarm_limits' and not struck and patient_id = $1")
        .await
        .map_err(unavailable)?;
    let mut overrides: Vec<LimitOverride> = vec![];
    for row in client.query(&held, &[&patient.0]).await.map_err(unavailable)? {
        let limits: PatientLimits = serde_json::from_str(row.get(0)).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        overrides.extend(LimitOverride::of(&limits));
    }
    let keep = client
        .prepare_cached(
            "insert into telemetry.monitor (patient_id, limits, due_at) values ($1, $2, clock_timestamp())
             on conflict (patient_id) do update set limits = excluded.limits, due_at = excluded.due_at",
        )
        .await
        .map_err(unavailable)?;
    client.execute(&keep, &[&patient.0, &Json(overrides)]).await.map_err(unavailable)?;
    Ok(())
}
