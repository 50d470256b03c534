//! Events that could not be handled, and those of the same patient that wait behind them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use deadpool_postgres::GenericClient;
use healthcare_application::StoreError;
use uuid::Uuid;

use super::window::Entry;
use crate::database::unavailable;

/// An event that waits.
#[derive(Debug, Clone)]
pub struct Parked {
    /// The consumer.
    pub consumer: String,
    /// The patient, if it is about one.
    pub patient: Option<Uuid>,
    /// The stream.
    pub stream: Uuid,
    /// The place in it.
    pub version: i32,
    /// Why, without anything about the patient.
    pub error: String,
    /// How often it was tried; 0 for what only waits behind another.
    pub attempts: i32,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// All that waits, by consumer and in the order of the log.
///
/// # Errors
/// When the database does not answer.
pub async fn parked(client: &impl GenericClient) -> Result<Vec<Parked>, StoreError> {
    let rows = client
        .query(
            "select p.name, p.patient_id, p.stream_id, p.version, p.error, p.attempts, p.parked_at
             from es.parked p join es.event e using (stream_id, version) order by p.name, e.seq",
            &[],
        )
        .await
        .map_err(unavailable)?;
    Ok(rows
        .iter()
        .map(|row| Parked {
            consumer: row.get(0),
            patient: row.get(1),
            stream: row.get(2),
            version: row.get(3),
            error: row.get(4),
            attempts: row.get(5),
            since: row.get(6),
        })
        .collect())
}

/// The patients (and streams without one) that wait at a consumer's part. To be asked under the checkpoint's lock.
pub(super) async fn waiting(tx: &impl GenericClient, name: &str, part: i32) -> Result<HashSet<Uuid>, StoreError> {
    let statement = tx
        .prepare_cached("select distinct coalesce(patient_id, stream_id) from es.parked where name = $1 and part = $2")
        .await
        .map_err(unavailable)?;
    let rows = tx.query(&statement, &[&name, &part]).await.map_err(unavailable)?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Parks an event. `error` says why; none when it only waits behind another.
pub(super) async fn park(
    tx: &impl GenericClient,
    name: &str,
    part: i32,
    entry: &Entry<'_>,
    error: Option<&str>,
) -> Result<(), StoreError> {
    let (stream, version) = entry.place();
    let (error, attempts) = error.map_or(("waits behind an earlier event", 0), |error| (error, 1));
    let statement = tx
        .prepare_cached(
            "insert into es.parked (name, part, patient_id, stream_id, version, error, attempts)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .await
        .map_err(unavailable)?;
    tx.execute(
        &statement,
        &[&name, &part, &entry.patient().map(|patient| patient.0), &stream, &version, &error, &attempts],
    )
    .await
    .map_err(unavailable)?;
    Ok(())
}
