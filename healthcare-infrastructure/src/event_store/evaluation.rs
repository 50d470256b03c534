//! Reading the justification log.

use healthcare_application::{
    Permit, StoreError,
    store::{EvaluationRecord, StoredEvaluation},
};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::codec::{self, Codec};
use crate::database::unavailable;

/// One evaluation, opened under the patient's key. Nothing when it is about somebody else than the permit.
pub async fn one(
    client: &deadpool_postgres::Object,
    codec: &Codec,
    permit: &Permit,
    id: Uuid,
) -> Result<Option<StoredEvaluation>, StoreError> {
    let Some(patient) = permit.patient() else { return Ok(None) };
    let statement = client
        .prepare_cached(
            "select trigger, position, facts, judgements, actor, at, patient_id
             from es.evaluation where evaluation_id = $1 and patient_id = any(es.identities($2))",
        )
        .await
        .map_err(unavailable)?;
    let Some(row) = client.query_opt(&statement, &[&id, &patient.0]).await.map_err(unavailable)? else {
        return Ok(None);
    };
    // Sealed for the registration it was made for.
    let patient = PatientId(row.get(6));
    let keys = codec.keys([Some(patient)]).await?;
    let open = |sealed: &[u8]| -> Result<serde_json::Value, StoreError> {
        let plain = codec::open_bytes(&keys, Some(patient), id.as_bytes(), sealed)?;
        serde_json::from_slice(&plain).map_err(|e| StoreError::Damaged(Box::new(e)))
    };
    let record = EvaluationRecord {
        id,
        patient,
        trigger: row.get(0),
        position: row.get(1),
        facts: open(row.get(2))?,
        judgements: open(row.get(3))?,
        // What was in the shadow is shown to nobody here.
        shadow: vec![],
    };
    Ok(Some(StoredEvaluation { record, actor: row.get(4), at: row.get(5) }))
}
