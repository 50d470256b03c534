//! Reading many streams at once.

use deadpool_postgres::Object;
use healthcare_application::{StoreError, store::Recorded};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use crate::{
    database::unavailable,
    event_store::{COLUMNS, Codec, decode_row},
};

/// All events of these streams, each stream in order.
///
/// # Errors
/// When the record cannot be reached or read.
pub async fn streams(client: &Object, codec: &Codec, ids: &[Uuid]) -> Result<Vec<Recorded>, StoreError> {
    // A lookup a stream, whatever the statistics say; the limit is beyond any stream and keeps the lookups apart.
    let sql = format!(
        "select {COLUMNS} from unnest($1::uuid[]) s(id)
         cross join lateral (select * from es.event where stream_id = s.id order by version limit 1000000) e
         order by e.stream_id, e.version"
    );
    let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&statement, &[&ids]).await.map_err(unavailable)?;
    let keys = codec.keys(rows.iter().map(|row| row.get::<_, Option<Uuid>>(3).map(PatientId))).await?;
    rows.iter().map(|row| decode_row(&keys, row)).collect()
}
