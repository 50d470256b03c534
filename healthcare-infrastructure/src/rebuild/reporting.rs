//! `rebuild reporting`: from the first event, by the consumer's own code, into tables of their own; then the views
//! turn to these, and the consumer goes on from where the rebuild stood.

use chrono_tz::Tz;
use deadpool_postgres::Object;
use tokio::time::sleep;

use super::{BETWEEN_SWAPS, LOCK_TIMEOUT, RebuildError, SWAPS, structure};
use crate::{
    database::Database,
    event_log::{Checkpoint, Consumer as _, catch_up},
    event_store::PgEventStore,
    reporting::{NAME, NEXT_NAME, NEXT_SCHEMA, PseudonymKey, Reporting, SCHEMA},
    vault::Vault,
};

const OLD_SCHEMA: &str = "reporting_base_old";

/// Rebuilds the reporting tables while the old ones serve. `owner` is a pool of two or more
/// connections of the database owner's role.
///
/// # Errors
/// When another one is running, a long report holds the views, or the record does not answer.
pub async fn rebuild_reporting(
    owner: &Database,
    vault: Vault,
    key: PseudonymKey,
    zone: Tz,
) -> Result<(), RebuildError> {
    let mut client = owner.get().await?;
    structure::alone(&client, NAME).await?;
    let rebuilt = rebuild(owner, vault, key, zone, &mut client).await;
    // Whatever went wrong, the session stays usable; an error here would hide the first.
    let released = structure::release(&client, NAME).await;
    rebuilt.and(released)
}

async fn rebuild(
    owner: &Database,
    vault: Vault,
    key: PseudonymKey,
    zone: Tz,
    client: &mut Object,
) -> Result<(), RebuildError> {
    let tables = structure::tables_of(client, SCHEMA).await?;
    let copy = structure::Copy { from: SCHEMA, to: NEXT_SCHEMA, tables };
    copy.tables(client).await?;
    copy.indexes(client).await?;
    forget_attempt(client).await?;
    let store = PgEventStore::new(owner.clone(), vault);
    let next = Reporting::next(key, zone);
    for _ in 0..SWAPS {
        catch_up(&next, &store).await?;
        match swap(client, &next, &store).await {
            Ok(()) => return structure::drop_replaced(client, OLD_SCHEMA).await,
            Err(error) if error.is_locked_out() => sleep(BETWEEN_SWAPS).await,
            Err(error) => return Err(error),
        }
    }
    Err(RebuildError::Busy)
}

/// What an earlier attempt that did not end has left.
async fn forget_attempt(client: &Object) -> Result<(), RebuildError> {
    client.execute("delete from es.checkpoint where name = $1", &[&NEXT_NAME]).await?;
    client.execute("delete from es.parked where name = $1", &[&NEXT_NAME]).await?;
    Ok(())
}

/// Stops the consumer, takes in what it is ahead, turns the views to the new tables, and gives the consumer the
/// rebuild's checkpoint.
async fn swap(client: &mut Object, next: &Reporting, store: &PgEventStore) -> Result<(), RebuildError> {
    let tx = client.transaction().await?;
    tx.batch_execute(LOCK_TIMEOUT).await?;
    // A checkpoint for a consumer that has never run yet.
    Checkpoint::ensure(&tx, NAME, next.parts(), next.start()).await?;
    let sql = "select tick_id from es.checkpoint where name = $1 and part = 0 for update";
    tx.query_one(sql, &[&NAME]).await?;
    // The consumer stands still now, at a tick that this passes: reports do not go back in time.
    catch_up(next, store).await?;
    let rebuilt: i64 = tx.query_one(sql, &[&NEXT_NAME]).await?.get(0);
    let views = tx
        .query(
            "select format('create or replace view %I.%I as %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = 'reporting' and c.relkind = 'v'",
            &[],
        )
        .await?;
    tx.batch_execute(&format!(
        "alter schema {SCHEMA} rename to {OLD_SCHEMA}; alter schema {NEXT_SCHEMA} rename to {SCHEMA}"
    ))
    .await?;
    for view in views {
        // Its text names the tables; now these are the new ones. Rights and comments stay with the view.
        tx.batch_execute(view.get(0)).await?;
    }
    tx.execute("delete from es.parked where name = $1", &[&NAME]).await?;
    tx.execute("update es.parked set name = $1 where name = $2", &[&NAME, &NEXT_NAME]).await?;
    tx.execute("update es.checkpoint set tick_id = $2, fence = fence + 1 where name = $1", &[&NAME, &rebuilt]).await?;
    tx.execute("delete from es.checkpoint where name = $1", &[&NEXT_NAME]).await?;
    tx.commit().await?;
    Ok(())
}
