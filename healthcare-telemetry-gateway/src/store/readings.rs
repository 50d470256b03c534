//! Storing readings, each once: COPY straight into the store, or over a table of the connection where some are there.

use bytes::Bytes;
use deadpool_postgres::Transaction;
use futures::SinkExt;
use healthcare_infrastructure::database::sqlstate;
use tokio_postgres::{CopyInSink, Error};

use super::copy::encode;
use crate::enrich::Enriched;

/// The table of the connection that a batch is copied into which holds what is there; empty at the start of every
/// transaction.
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

/// The copy straight into the store, for what is there not yet.
const STRAIGHT: &str = "copy telemetry.reading
    (time, device_id, code, value, quality, event_id, seq, received_at, patient_id) from stdin (format binary)";

/// Stores rows, each reading once among them, inside the caller's transaction. Answers how many were new.
///
/// Nearly always all are: they are copied straight into the store, which costs two thirds of the way over a table of
/// the connection. When one is there already the copy is refused as a whole and undone, and that way is gone.
///
/// # Errors
/// When the database refuses; the transaction is then to be rolled back.
pub async fn insert(tx: &Transaction<'_>, rows: &[&Enriched]) -> Result<u64, Error> {
    if rows.is_empty() {
        return Ok(0);
    }
    // In the order of the key: pages of its index are gone through once, and two who insert the same at the same time
    // wait for each other in one order.
    let mut ordered = rows.to_vec();
    ordered.sort_unstable_by_key(|row| (row.device, row.reading.signal, row.reading.measured_at));
    let encoded = encode(&ordered);
    let straight = tx.prepare_cached(STRAIGHT).await?;
    let (_, sink) = futures::try_join!(tx.batch_execute("savepoint straight"), tx.copy_in(&straight))?;
    match copy(sink, encoded.clone()).await {
        // The savepoint ends with the transaction.
        Err(error) if sqlstate(&error) == Some("23505") => {
            tx.batch_execute("rollback to savepoint straight").await?;
            insert_new(tx, encoded).await
        }
        copied => copied,
    }
}

/// Stores those rows that are not there yet. Answers how many.
async fn insert_new(tx: &Transaction<'_>, encoded: Bytes) -> Result<u64, Error> {
    tx.batch_execute(INCOMING).await?;
    copy(tx.copy_in(COPY).await?, encoded).await?;
    let insert = tx.prepare_cached(INSERT).await?;
    tx.execute(&insert, &[]).await
}

async fn copy(sink: CopyInSink<Bytes>, encoded: Bytes) -> Result<u64, Error> {
    futures::pin_mut!(sink);
    sink.send(encoded).await?;
    sink.finish().await
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
