//! Reading streams and histories.

use chrono::{DateTime, Utc};
use deadpool_postgres::GenericClient;
use healthcare_application::{
    StoreError,
    store::{Meta, Recorded},
};
use healthcare_domain::{StreamType, id::PatientId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::codec::{self, Codec, Keys};
use crate::database::unavailable;

/// The columns that [`decode_row`] reads, of `es.event` as `e`.
pub const COLUMNS: &str = "e.stream_id, e.version, e.seq, e.patient_id, e.stream_type, e.occurred_at, e.known_at, e.recorded_at, e.payload, e.meta";

/// All events of a stream.
pub async fn stream(
    client: &impl GenericClient,
    codec: &Codec,
    stream: StreamType,
    id: Uuid,
) -> Result<Vec<Recorded>, StoreError> {
    let sql = format!("select {COLUMNS} from es.event e where stream_id = $1 and stream_type = $2 order by version");
    let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&statement, &[&id, &stream.as_str()]).await.map_err(unavailable)?;
    decode(codec, &rows).await
}

/// All events of a patient known by a time.
pub async fn history(
    client: &deadpool_postgres::Object,
    codec: &Codec,
    patient: PatientId,
    known_by: DateTime<Utc>,
) -> Result<Vec<Recorded>, StoreError> {
    let sql = format!("select {COLUMNS} from es.event e where patient_id = $1 and known_at <= $2 order by seq");
    let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&statement, &[&patient.0, &known_by]).await.map_err(unavailable)?;
    decode(codec, &rows).await
}

async fn decode(codec: &Codec, rows: &[Row]) -> Result<Vec<Recorded>, StoreError> {
    let keys = codec.keys(rows.iter().map(patient_of)).await?;
    rows.iter().map(|row| decode_row(&keys, row)).collect()
}

/// The patient a row of `es.event` is about.
pub fn patient_of(row: &Row) -> Option<PatientId> {
    row.get::<_, Option<Uuid>>(3).map(PatientId)
}

/// Reads a row of [`COLUMNS`].
///
/// # Errors
/// When the row does not open under the patient's key or holds no event we know.
pub fn decode_row(keys: &Keys, row: &Row) -> Result<Recorded, StoreError> {
    let damaged = |e: Box<dyn std::error::Error + Send + Sync>| StoreError::Damaged(e);
    let (stream_id, version): (Uuid, i32) = (row.get(0), row.get(1));
    let patient = patient_of(row);
    let stream: StreamType = row.get::<_, &str>(4).parse().map_err(|e| damaged(Box::new(e)))?;
    Ok(Recorded {
        stream,
        stream_id,
        version,
        seq: row.get(2),
        patient,
        occurred_at: row.get(5),
        known_at: row.get(6),
        recorded_at: row.get(7),
        event: codec::open(keys, patient, (stream, stream_id), version, row.get(8))?,
        meta: serde_json::from_value::<Meta>(row.get(9)).map_err(|e| damaged(Box::new(e)))?,
    })
}
