//! The ticker: stores a snapshot whenever there are events the last one does not show.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::GenericClient;
use healthcare_application::StoreError;
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use crate::{
    database::{Database, unavailable},
    event_store::PgEventStore,
};

/// The shortest time between two ticks.
const BUSY: Duration = Duration::from_millis(10);
/// How long to wait for a look at what other processes append, while nothing is new.
const IDLE: Duration = Duration::from_millis(100);
/// How often old ticks are thinned.
const THINNING: Duration = Duration::from_secs(60);

/// Ticks if something is new. Where two do it at once, the primary key lets one through; the other one's snapshot
/// would have shown nothing more. The tick need not reach the disk by itself: whoever builds on it commits later, and
/// with that flushes it; and a tick that survives a crash has a transaction id above all it shows.
const TICK: &str = "with t as (insert into es.tick (tick_id, snap)
  select l.tick_id + 1, s.snap
  from (select tick_id, snap from es.tick order by tick_id desc limit 1) l, (select pg_current_snapshot() snap) s
  where case when pg_snapshot_xmax(s.snap) >= pg_snapshot_xmax(l.snap) and s.snap::text <> l.snap::text
    then es.has_events_after(l.snap) end
  on conflict (tick_id) do nothing
  returning tick_id)
select tick_id, pg_notify('es_tick', tick_id::text), set_config('synchronous_commit', 'off', true) from t";

/// Thins a block of ticks behind $1: what is older than a day and behind every checkpoint is left out, but for every
/// 1,024th, so that a rebuild still reads bounded windows. Answers the last tick it is done with.
const THIN: &str = "with block as (select tick_id, at from es.tick where tick_id > $1 order by tick_id limit 10000),
  old as (select tick_id from block where at < clock_timestamp() - interval '1 day'
            and tick_id < (select coalesce(min(tick_id), 0) from es.checkpoint)),
  gone as (delete from es.tick t using old where t.tick_id = old.tick_id and t.tick_id % 1024 <> 0)
select max(tick_id) from old";

/// Why no ticker may start: new events would lie before the last tick, and no reader would ever see them.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database's transaction counter stands at {counter}, below the last tick's {last}: it was restored from a \
     dump, and new events would never be read. Repair it, while nothing else runs, with: \
     healthcare psql -c 'call es.catch_up_transactions()'"
)]
pub struct Restored {
    /// Where the counter stands.
    pub counter: i64,
    /// Where it stood at the last tick.
    pub last: i64,
}

/// Makes sure that new events will come after the last tick. To be called before anything appends.
///
/// # Errors
/// [`Restored`] (as the cause of `Damaged`) when they would not; otherwise when the database does not answer.
pub async fn ensure_ticks_go_on(db: &Database) -> Result<(), StoreError> {
    let client = db.get().await?;
    let row = client
        .query_one(
            "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(snap)::text::bigint
             from es.tick order by tick_id desc limit 1",
            &[],
        )
        .await
        .map_err(unavailable)?;
    let (counter, last) = (row.get(0), row.get(1));
    if counter < last { Err(StoreError::Damaged(Box::new(Restored { counter, last }))) } else { Ok(()) }
}

/// Ticks once if something is new; answers the tick.
///
/// # Errors
/// When the database does not answer.
pub async fn tick(client: &impl GenericClient) -> Result<Option<i64>, StoreError> {
    let statement = client.prepare_cached(TICK).await.map_err(unavailable)?;
    let row = client.query_opt(&statement, &[]).await.map_err(unavailable)?;
    Ok(row.map(|row| row.get(0)))
}

/// Ticks every few milliseconds while there is something new, and next to never otherwise. Each process that appends
/// runs one: it is woken by its own appends, and finds those of others within a tenth of a second.
pub struct Ticker {
    db: Database,
    appended: Arc<Notify>,
}

impl Ticker {
    /// A ticker for this store's log.
    pub fn new(store: &PgEventStore) -> Self {
        Self { db: store.database().clone(), appended: store.appended() }
    }

    /// Ticks until stopped. Outlives a database that goes away.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                Err(error) = self.tick_on() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the ticker lost its session; another try in a second");
                    tokio::select! { () = stop.cancelled() => {}, () = sleep(Duration::from_secs(1)) => {} }
                }
            }
        }
    }

    /// Ticks until something fails.
    async fn tick_on(&self) -> Result<std::convert::Infallible, StoreError> {
        let session = self.db.session().await?;
        // The ticks are few when this begins, and many later: its plans are to stand on the index from the start.
        session.client.batch_execute("set enable_seqscan = off").await.map_err(unavailable)?;
        let statement = session.client.prepare(TICK).await.map_err(unavailable)?;
        let mut pace = BUSY;
        let mut thinned = (0, Instant::now());
        loop {
            if session.client.query_opt(&statement, &[]).await.map_err(unavailable)?.is_some() {
                pace = BUSY;
                sleep(BUSY).await;
            } else {
                pace = (pace * 2).min(IDLE);
                tokio::select! { () = self.appended.notified() => {}, () = sleep(pace) => {} }
            }
            if thinned.1.elapsed() > THINNING {
                thinned = (thin(&session.client, thinned.0).await?, Instant::now());
            }
        }
    }
}

/// Thins a block of the ticks behind `after`; answers how far it came.
async fn thin(client: &Client, after: i64) -> Result<i64, StoreError> {
    let row = client.query_one(THIN, &[&after]).await.map_err(unavailable)?;
    Ok(row.get::<_, Option<i64>>(0).unwrap_or(after))
}
