//! `rebuild read`: the read models from the events, by the projections' own code, into tables of their own; then the
//! schemas change places while appends hold their breath for the last few events.

use std::collections::BTreeSet;

use deadpool_postgres::{GenericClient, Object};
use healthcare_application::{
    StoreError,
    store::{Change, NewEvent, Recorded},
    view::{Of, rows},
};
use healthcare_domain::AnyState;
use tokio::time::sleep;
use uuid::Uuid;

use super::{BETWEEN_SWAPS, LOCK_TIMEOUT, RebuildError, SWAPS, structure};
use crate::{
    database::{Database, unavailable},
    event_log::{Part, Tick, Window},
    event_store::{COLUMNS, Codec, decode_row, patient_of},
    projection,
};

const SCHEMA: &str = "read";
const NEXT: &str = "read_next";
const OLD: &str = "read_old";
/// How many events are read at once.
const PAGE: i64 = 2_000;
/// How many streams are projected at once.
const BATCH: usize = 500;
/// How many changed streams are left for the moment of the swap.
const FEW: usize = 200;
/// How often it is caught up before that moment.
const ROUNDS: usize = 20;
/// How many ticks are caught up at once.
const MERGE: i64 = 1_024;

/// What a rebuild did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct RebuiltRead {
    /// Streams projected, counted again when they changed meanwhile.
    pub streams: usize,
    /// Streams of erased patients, which stay empty.
    pub erased: usize,
}

/// Rebuilds the read models while the old ones serve. `owner` is a pool of the database owner's role.
///
/// # Errors
/// When another one is running, the schema holds what is neither projected nor known, a long query holds the tables,
/// or the record does not answer. What served goes on serving.
pub async fn rebuild_read(owner: &Database, codec: &Codec) -> Result<RebuiltRead, RebuildError> {
    let mut client = owner.get().await?;
    structure::alone(&client, SCHEMA).await?;
    let rebuilt = rebuild(&mut client, codec).await;
    let released = structure::release(&client, SCHEMA).await;
    rebuilt.and_then(|rebuilt| released.map(|()| rebuilt))
}

async fn rebuild(client: &mut Object, codec: &Codec) -> Result<RebuiltRead, RebuildError> {
    let there = structure::tables_of(client, SCHEMA).await?;
    let known =
        |table: &&String| projection::TABLES.contains(&table.as_str()) || projection::OTHERS.contains(&table.as_str());
    if let Some(table) = there.iter().find(|table| !known(table)) {
        return Err(RebuildError::Unknown(format!("{SCHEMA}.{table} is in neither list of the projections")));
    }
    let tables = projection::TABLES.iter().map(|table| (*table).to_owned()).collect();
    let copy = structure::Copy { from: SCHEMA, to: NEXT, tables };
    copy.tables(client).await?;

    let mut rebuilt = RebuiltRead::default();
    let mut tick = Tick::latest(client).await?;
    fill(client, codec, &tick, &mut rebuilt).await?;
    copy.indexes(client).await?;
    for _ in 0..SWAPS {
        // Until little is left, or after some rounds: under writers that never pause there is always another tick.
        for _ in 0..ROUNDS {
            let Some(window) = Window::after(client, tick.id, MERGE).await? else { break };
            let streams = touched(client, &window).await?;
            follow(client, codec, &window.to, &streams, &mut rebuilt).await?;
            tick = window.to;
            if streams.len() < FEW {
                break;
            }
        }
        match swap(client, codec, &tick, &mut rebuilt).await {
            Ok(()) => {
                structure::drop_replaced(client, OLD).await?;
                return Ok(rebuilt);
            }
            Err(error) if error.is_locked_out() => sleep(BETWEEN_SWAPS).await,
            Err(error) => return Err(error),
        }
    }
    Err(RebuildError::Busy)
}

/// Projects the state that every stream has at a tick, stream by stream.
async fn fill(client: &mut Object, codec: &Codec, at: &Tick, rebuilt: &mut RebuiltRead) -> Result<(), RebuildError> {
    let sql = format!(
        "select {COLUMNS} from es.event e where (e.stream_id, e.version) > ($1, $2)
            and pg_visible_in_snapshot(e.xid, $3::text::pg_snapshot) order by e.stream_id, e.version limit $4"
    );
    let statement = client.prepare_cached(&sql).await?;
    let mut after = (Uuid::nil(), 0);
    let (mut streams, mut current) = (Vec::new(), None);
    loop {
        let page = client.query(&statement, &[&after.0, &after.1, &at.snapshot(), &PAGE]).await?;
        let keys = codec.keys(page.iter().map(patient_of)).await?;
        for row in &page {
            after = (row.get(0), row.get(1));
            if patient_of(row).is_some_and(|patient| !keys.contains_key(&patient)) {
                rebuilt.erased += usize::from(after.1 == 1);
                continue;
            }
            take(decode_row(&keys, row)?, &mut current, &mut streams);
        }
        let last = i64::try_from(page.len()).is_ok_and(|n| n < PAGE);
        if last {
            streams.extend(current.take());
        }
        if last || streams.len() >= BATCH {
            let done = std::mem::take(&mut streams);
            rebuilt.streams += done.len();
            let tx = client.transaction().await?;
            project(&tx, done).await?;
            tx.commit().await?;
        }
        if last {
            return Ok(());
        }
    }
}

/// Takes an event into the stream that is being folded; a stream that ends there is moved to those that are done.
fn take(event: Recorded, current: &mut Option<Change>, done: &mut Vec<Change>) {
    if current.as_ref().is_none_or(|change| change.id != event.stream_id) {
        done.extend(current.take());
    }
    let change = current.get_or_insert_with(|| Change {
        id: event.stream_id,
        patient: None,
        expected: 0,
        events: vec![],
        state: AnyState::empty(event.stream),
        source: None,
    });
    change.state.apply(&event.event);
    change.patient = event.patient;
    // The rows hang on the state, the version and the last event alone.
    change.expected = event.version - 1;
    change.events = vec![NewEvent { event: event.event, occurred_at: event.occurred_at, known_at: event.known_at }];
}

/// Writes the rows of some streams. What is over comes before what is open: of the latter a patient has one of a kind.
async fn project(client: &impl GenericClient, changes: Vec<Change>) -> Result<(), RebuildError> {
    let (open, over): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(|change| {
        let at = change.events.last().map(|event| event.occurred_at).unwrap_or_default();
        let of = Of { id: change.id, version: change.expected + 1, patient: change.patient, at };
        rows(&change.state, of).iter().any(|row| row.active)
    });
    for part in [over, open] {
        for statement in projection::statements(&part) {
            let prepared = client.prepare_cached(&statement.sql_in(NEXT)).await?;
            client.execute(&prepared, &statement.params()).await?;
        }
    }
    Ok(())
}

/// The streams that have events in a window.
async fn touched(client: &impl GenericClient, window: &Window) -> Result<Vec<Uuid>, RebuildError> {
    let (mut streams, mut after) = (BTreeSet::new(), 0);
    loop {
        let page = window.page(client, Part::ALL, after, PAGE).await?;
        streams.extend(page.entries().map(|entry| entry.place().0));
        match page.last_seq() {
            Some(last) if page.more => after = last,
            _ => return Ok(streams.into_iter().collect()),
        }
    }
}

/// Projects some streams as they are at a tick.
async fn follow(
    client: &impl GenericClient,
    codec: &Codec,
    at: &Tick,
    streams: &[Uuid],
    rebuilt: &mut RebuiltRead,
) -> Result<(), RebuildError> {
    let sql = format!(
        "select {COLUMNS} from es.event e where e.stream_id = any($1)
            and pg_visible_in_snapshot(e.xid, $2::text::pg_snapshot) order by e.stream_id, e.version"
    );
    let statement = client.prepare_cached(&sql).await?;
    let mut changes = Vec::new();
    for some in streams.chunks(BATCH) {
        let found = client.query(&statement, &[&some, &at.snapshot()]).await?;
        let keys = codec.keys(found.iter().map(patient_of)).await?;
        let mut current = None;
        for row in &found {
            if patient_of(row).is_none_or(|patient| keys.contains_key(&patient)) {
                take(decode_row(&keys, row)?, &mut current, &mut changes);
            }
        }
        changes.extend(current);
    }
    rebuilt.streams += changes.len();
    project(client, changes).await
}

/// Stops appends, takes in what the last tick does not show, and changes places.
async fn swap(client: &mut Object, codec: &Codec, tick: &Tick, rebuilt: &mut RebuiltRead) -> Result<(), RebuildError> {
    let tx = client.transaction().await?;
    tx.batch_execute(LOCK_TIMEOUT).await?;
    tx.batch_execute("lock table es.event in share mode").await?;
    // Whoever appended has ended by now, so that this moment's snapshot shows everything.
    let now = Tick::now(&tx).await?;
    let window = Window { from: tick.clone(), to: now };
    let streams = touched(&tx, &window).await?;
    follow(&tx, codec, &window.to, &streams, rebuilt).await?;
    tx.batch_execute(&format!("alter schema {SCHEMA} rename to {OLD}; alter schema {NEXT} rename to {SCHEMA}")).await?;
    for table in projection::OTHERS {
        tx.batch_execute(&format!("alter table {OLD}.{table} set schema {SCHEMA}")).await?;
    }
    tx.commit().await?;
    Ok(())
}

impl Tick {
    /// The snapshot of this moment, which no tick has stored.
    async fn now(client: &impl GenericClient) -> Result<Self, StoreError> {
        let sql = "select 0::bigint, clock_timestamp(), pg_current_snapshot()::text";
        Ok(Self::of(&client.query_one(sql, &[]).await.map_err(unavailable)?, 0))
    }
}
