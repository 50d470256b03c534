//! Handling again what was parked, once its cause is corrected.

use std::collections::BTreeMap;

use healthcare_application::StoreError;
use uuid::Uuid;

use super::{
    consumer::{ConsumeError, Consumer},
    step::handle,
    window::Page,
};
use crate::{database::unavailable, event_store::PgEventStore};

/// What a replay did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Events handled now.
    pub handled: usize,
    /// Patients that are free again.
    pub freed: usize,
    /// Patients whose first event still fails.
    pub still_parked: usize,
}

/// Handles the parked events of a consumer again, in order, each patient in a transaction of its own; of one patient
/// where one is given. What fails again stays, and what waits behind it.
///
/// # Errors
/// When the database does not answer; patients done until then are done.
pub async fn replay_parked(
    consumer: &dyn Consumer,
    store: &PgEventStore,
    patient: Option<Uuid>,
) -> Result<Replayed, StoreError> {
    let mut client = store.database().get().await?;
    let rows = client
        .query(
            "select coalesce(patient_id, stream_id), max(part) from es.parked
             where name = $1 and ($2::uuid is null or patient_id = $2) group by 1",
            &[&consumer.name(), &patient],
        )
        .await
        .map_err(unavailable)?;
    let units: BTreeMap<Uuid, i32> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut replayed = Replayed::default();
    for (unit, part) in units {
        let handled = replay_unit(consumer, store, &mut client, unit, part).await?;
        replayed.handled += handled.0;
        if handled.1 {
            replayed.freed += 1;
        } else {
            replayed.still_parked += 1;
        }
    }
    if replayed.handled > 0 {
        drop(client);
        consumer.committed().await;
    }
    Ok(replayed)
}

/// Handles what waits of one patient. Answers how many events, and whether that was all.
async fn replay_unit(
    consumer: &dyn Consumer,
    store: &PgEventStore,
    client: &mut deadpool_postgres::Object,
    unit: Uuid,
    part: i32,
) -> Result<(usize, bool), StoreError> {
    let name = consumer.name();
    let mut tx = client.transaction().await.map_err(unavailable)?;
    // Under the checkpoint's lock: the running consumer parks nothing more of this patient meanwhile.
    let lock = "select from es.checkpoint where name = $1 and part = $2 for update";
    tx.query(lock, &[&name, &part]).await.map_err(unavailable)?;
    let page = Page::parked(&tx, name, unit).await?;
    let keys = page.keys(store.codec(), |_| true).await?;
    let mut handled = 0;
    for entry in page.entries() {
        let (stream, version) = entry.place();
        let savepoint = tx.savepoint("event").await.map_err(unavailable)?;
        match handle(consumer, &savepoint, &entry, &keys).await {
            Ok(()) => savepoint.commit().await.map_err(unavailable)?,
            Err(ConsumeError::Poison(error)) => {
                savepoint.rollback().await.map_err(unavailable)?;
                let again = "update es.parked set attempts = attempts + 1, error = $4
                             where name = $1 and stream_id = $2 and version = $3";
                tx.execute(again, &[&name, &stream, &version, &error]).await.map_err(unavailable)?;
                break;
            }
            Err(unavailable) => return Err(unavailable.into()),
        }
        let free = "delete from es.parked where name = $1 and stream_id = $2 and version = $3";
        tx.execute(free, &[&name, &stream, &version]).await.map_err(unavailable)?;
        handled += 1;
    }
    let all = handled == page.len();
    tx.commit().await.map_err(unavailable)?;
    Ok((handled, all))
}
