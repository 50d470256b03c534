//! How far each partition is processed, moved in the transaction of the effect.

use std::collections::BTreeMap;

use deadpool_postgres::{GenericClient, Transaction};
use tokio_postgres::Error;

/// The next offset of each partition.
pub(super) type Positions = BTreeMap<i32, i64>;

/// Where to go on in these partitions; at the beginning where nobody has read yet.
pub(super) async fn load(client: &impl GenericClient, topic: &str, parts: &[i32]) -> Result<Positions, Error> {
    client
        .execute(
            "insert into telemetry.stream_position (topic, part, next_offset) select $1, p, 0 from unnest($2::int[]) p
             on conflict do nothing",
            &[&topic, &parts],
        )
        .await?;
    let found = client
        .query(
            "select part, next_offset from telemetry.stream_position where topic = $1 and part = any($2)",
            &[&topic, &parts],
        )
        .await?;
    Ok(found.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Moves positions on from where the reader believes them to be. Answers false when another reader was there: what
/// would follow has been done, or is being done, by it.
pub(super) async fn advance(
    tx: &Transaction<'_>,
    topic: &str,
    from: &Positions,
    to: &Positions,
) -> Result<bool, Error> {
    // In the order of the partitions, so that two readers never wait for one another in a circle.
    let step = tx
        .prepare_cached(
            "update telemetry.stream_position set next_offset = $4
             where topic = $1 and part = $2 and next_offset = $3",
        )
        .await?;
    for (part, next) in to {
        let Some(expected) = from.get(part) else { return Ok(false) };
        if tx.execute(&step, &[&topic, part, expected, next]).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
