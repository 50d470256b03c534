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
    Ok(held_stream(client, codec, stream, id).await?.1)
}

/// All events of a stream, and who holds it now: the patient it was begun for, or the survivor of a merge.
pub async fn held_stream(
    client: &impl GenericClient,
    codec: &Codec,
    stream: StreamType,
    id: Uuid,
) -> Result<(Option<PatientId>, Vec<Recorded>), StoreError> {
    let sql = format!(
        "select {COLUMNS}, es.home(e.stream_id, e.patient_id), es.survivor_of(es.home(e.stream_id, e.patient_id))
         from es.event e where stream_id = $1 and stream_type = $2 order by version"
    );
    let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&statement, &[&id, &stream.as_str()]).await.map_err(unavailable)?;
    let mut events = decode(codec, &rows).await?;
    for (event, row) in events.iter_mut().zip(&rows) {
        event.patient = row.get::<_, Option<Uuid>>(10).map(PatientId);
    }
    // Where its patient is known only after the first event (a device), nobody holds it.
    let holder = rows.iter().find_map(|row| row.get::<_, Option<Uuid>>(11)).map(PatientId);
    Ok((holder, events))
}

/// All events of a patient known by a time.
pub async fn history(
    client: &deadpool_postgres::Object,
    codec: &Codec,
    patient: PatientId,
    known_by: DateTime<Utc>,
) -> Result<Vec<Recorded>, StoreError> {
    // Whoever is one person today was so then, under whichever registration it was known.
    let sql = format!(
        "with own as (select es.identities($1) as ids)
         select {COLUMNS} from es.event e
             where e.patient_id = any((select ids from own)::uuid[]) and e.known_at <= $2
                 and es.home(e.stream_id, e.patient_id) = any((select ids from own)::uuid[])
                 and (e.stream_type <> 'patient' or e.stream_id = $1)
         union all
         select {COLUMNS} from es.reassigned r join es.event e on e.stream_id = r.stream_id
             where r.patient_id = any((select ids from own)::uuid[]) and e.known_at <= $2
                 and e.patient_id <> all((select ids from own)::uuid[])
         order by seq"
    );
    let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&statement, &[&patient.0, &known_by]).await.map_err(unavailable)?;
    let mut events = decode(codec, &rows).await?;
    events.iter_mut().for_each(|event| event.patient = Some(patient));
    Ok(events)
}

/// Who holds the streams and the registrations that a commit is about.
pub async fn holders(client: &impl GenericClient, streams: &[(Uuid, PatientId)]) -> Result<Vec<PatientId>, StoreError> {
    let sql = "select es.survivor_of(es.home(s, p)) from unnest($1::uuid[], $2::uuid[]) with ordinality u(s, p, n) order by n";
    let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
    let (streams, patients): (Vec<Uuid>, Vec<Uuid>) =
        streams.iter().map(|(stream, patient)| (*stream, patient.0)).unzip();
    let rows = client.query(&statement, &[&streams, &patients]).await.map_err(unavailable)?;
    Ok(rows.iter().map(|row| PatientId(row.get(0))).collect())
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
