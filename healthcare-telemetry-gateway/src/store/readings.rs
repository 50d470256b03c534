//! Storing readings: COPY into a table of the connection, from there into the store, each once.

use bytes::Bytes;
use deadpool_postgres::Transaction;
use futures::SinkExt;
use tokio_postgres::{CopyInSink, Error};

use super::copy::encode;
use crate::enrich::Enriched;

/// The table of the connection that a batch is copied into; empty at the start of every transaction.
pub const INCOMING: &str = "create temp table if not exists telemetry_incoming (
    time timestamptz, device_id uuid, code int2, value float8, quality int2, event_id uuid, seq bigint,
    received_at timestamptz, patient_id uuid) on commit delete rows";

/// The copy into it.
pub const COPY: &str = "copy pg_temp.telemetry_incoming
    (time, device_id, code, value, quality, event_id, seq, received_at, patient_id) from stdin (format binary)";

/// From there into the store. What is there already stays as it is.
pub const INSERT: &str = "insert into telemetry.reading
    (time, device_id, code, value, quality, event_id, seq, received_at, patient_id)
    select distinct on (device_id, code, time)
        time, device_id, code, value, quality, event_id, seq, received_at, patient_id
    from pg_temp.telemetry_incoming order by device_id, code, time
    on conflict (device_id, code, time) do nothing";

/// Stores rows inside the caller's transaction. Answers how many were new.
///
/// # Errors
/// When the database refuses; the transaction is then to be rolled back.
pub async fn insert(tx: &Transaction<'_>, rows: &[&Enriched]) -> Result<u64, Error> {
    if rows.is_empty() {
        return Ok(0);
    }
    let sink: CopyInSink<Bytes> = tx.copy_in(COPY).await?;
    futures::pin_mut!(sink);
    sink.send(encode(rows)).await?;
    sink.finish().await?;
    let insert = tx.prepare_cached(INSERT).await?;
    tx.execute(&insert, &[]).await
}

/// The rows of the batch just inserted that were stored before already, as indices into `rows`. Asked only when
/// [`insert`] took fewer than it was given.
///
/// # Errors
/// When the database does not answer.
pub async fn known_before(tx: &Transaction<'_>, rows: &[&Enriched]) -> Result<Vec<usize>, Error> {
    let device: Vec<_> = rows.iter().map(|row| row.device.0).collect();
    let code: Vec<_> = rows.iter().map(|row| row.reading.signal.number()).collect();
    let time: Vec<_> = rows.iter().map(|row| row.reading.measured_at).collect();
    let event: Vec<_> = rows.iter().map(|row| super::copy::event_uuid(row)).collect();
    let received: Vec<_> = rows.iter().map(|row| row.reading.received_at).collect();
    let found = tx
        .prepare_cached(
            "select n from unnest($1::uuid[], $2::int2[], $3::timestamptz[], $4::uuid[], $5::timestamptz[])
                 with ordinality i (device_id, code, time, event_id, received_at, n)
             join telemetry.reading r using (device_id, code, time)
             where (r.event_id, r.received_at) is distinct from (i.event_id, i.received_at)",
        )
        .await?;
    let found = tx.query(&found, &[&device, &code, &time, &event, &received]).await?;
    Ok(found.iter().filter_map(|row| usize::try_from(row.get::<_, i64>(0) - 1).ok()).collect())
}
