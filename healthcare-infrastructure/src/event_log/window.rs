//! What lies between two ticks, a page at a time.

use chrono::{DateTime, Utc};
use deadpool_postgres::GenericClient;
use healthcare_application::{StoreError, store::Recorded};
use healthcare_domain::id::PatientId;
use tokio_postgres::{Client, Row, Statement};
use uuid::Uuid;

use crate::{
    database::unavailable,
    event_store::{COLUMNS, Codec, Keys, decode_row, patient_of},
};

/// Where in the row the event's type stands, behind [`COLUMNS`].
const EVENT_TYPE: usize = 10;

/// How many events are looked through for their types.
const LOOKED_THROUGH: i64 = 500;

/// The window behind a tick, $1, that spans at most $2 ticks, and the types of its events unless they are $3 or more.
pub(super) const AHEAD: &str = "select from_at, from_snap::text, to_id, to_at, to_snap::text,
    case when from_snap is not null then es.kinds_between(from_snap, to_snap, $3) end
    from es.window_after($1, $2)";

/// How many ticks a feed takes at once.
const FEED: i64 = 64;

/// A stored snapshot of the log.
#[derive(Debug, Clone)]
pub struct Tick {
    /// Its number; ticks are numbered in order, and old ones are left out.
    pub id: i64,
    /// When it was taken.
    pub at: DateTime<Utc>,
    snapshot: String,
}

/// The events that the later of two ticks shows and the earlier does not.
#[derive(Debug, Clone)]
pub struct Window {
    /// The tick read to before.
    pub from: Tick,
    /// The tick to read to.
    pub to: Tick,
}

/// A share of the patients (and of the streams without one): those whose identity falls on `index` of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which, from 0.
    pub index: i32,
    /// Of how many, 1 to 256.
    pub of: i32,
}

impl Part {
    /// Everybody.
    pub const ALL: Self = Self { index: 0, of: 1 };
}

/// Some events of a window in order, as rows; they are decoded when they are wanted.
pub struct Page {
    rows: Vec<Row>,
    /// Whether more may follow.
    pub more: bool,
}

/// What a row holds.
#[expect(clippy::large_enum_variant, reason = "handled by value, one at a time")]
pub enum Decoded {
    /// An event.
    Event(Recorded),
    /// An event of a patient whose key was destroyed: nobody reads it any more, by intention.
    Erased,
    /// It cannot be read.
    Damaged(StoreError),
}

impl Tick {
    /// The latest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest(client: &impl GenericClient) -> Result<Self, StoreError> {
        let statement = client
            .prepare_cached("select tick_id, at, snap::text from es.tick order by tick_id desc limit 1")
            .await
            .map_err(unavailable)?;
        Ok(Self::of(&client.query_one(&statement, &[]).await.map_err(unavailable)?, 0))
    }

    /// The snapshot, as PostgreSQL writes it.
    pub(crate) fn snapshot(&self) -> &str {
        &self.snapshot
    }

    /// A tick of three columns: number, time, snapshot.
    pub(crate) fn of(row: &Row, column: usize) -> Self {
        Self { id: row.get(column), at: row.get(column + 1), snapshot: row.get(column + 2) }
    }
}

impl Window {
    /// The window that begins at a tick and spans at most `merge` ticks; none when nothing is new.
    ///
    /// # Errors
    /// When the database does not answer, or the tick is not there any more.
    pub async fn after(client: &impl GenericClient, tick: i64, merge: i64) -> Result<Option<Self>, StoreError> {
        let statement = client
            .prepare_cached("select from_at, from_snap::text, to_id, to_at, to_snap::text from es.window_after($1, $2)")
            .await
            .map_err(unavailable)?;
        let row = client.query_opt(&statement, &[&tick, &merge]).await.map_err(unavailable)?;
        row.map(|row| Self::of(&row, tick)).transpose()
    }

    /// As [`Window::after`], with the types of the window's events; without them when there are too many to look
    /// through.
    ///
    /// # Errors
    /// As [`Window::after`].
    pub(super) async fn ahead(
        client: &impl GenericClient,
        tick: i64,
        merge: i64,
    ) -> Result<Option<(Self, Option<Vec<String>>)>, StoreError> {
        let statement = client.prepare_cached(AHEAD).await.map_err(unavailable)?;
        let row = client.query_opt(&statement, &[&tick, &merge, &LOOKED_THROUGH]).await.map_err(unavailable)?;
        row.map(|row| Ok((Self::of(&row, tick)?, row.get(5)))).transpose()
    }

    /// As [`Window::ahead`], for who has prepared [`AHEAD`].
    pub(super) async fn between(
        client: &Client,
        ahead: &Statement,
        tick: i64,
    ) -> Result<Option<(Self, Option<Vec<String>>)>, StoreError> {
        let row = client.query_opt(ahead, &[&tick, &FEED, &LOOKED_THROUGH]).await.map_err(unavailable)?;
        row.map(|row| Ok((Self::of(&row, tick)?, row.get(5)))).transpose()
    }

    /// A window of five columns that begins at a tick.
    fn of(row: &Row, tick: i64) -> Result<Self, StoreError> {
        let Some(at) = row.get(0) else {
            return Err(StoreError::Damaged(format!("tick {tick} is gone, and a checkpoint stands at it").into()));
        };
        Ok(Self { from: Tick { id: tick, at, snapshot: row.get(1) }, to: Tick::of(row, 2) })
    }

    /// The next events behind `after_seq` (0 for the first), at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn page(
        &self,
        client: &impl GenericClient,
        part: Part,
        after_seq: i64,
        limit: i64,
    ) -> Result<Page, StoreError> {
        let sql = format!(
            "select {COLUMNS}, e.event_type
             from es.events_between($1::text::pg_snapshot, $2::text::pg_snapshot, $3, $4, $5, $6) e order by e.seq"
        );
        let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
        let rows = client
            .query(&statement, &[&self.from.snapshot, &self.to.snapshot, &after_seq, &part.of, &part.index, &limit])
            .await
            .map_err(unavailable)?;
        let more = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
        Ok(Page { rows, more })
    }
}

impl Page {
    /// What is parked of a patient (or of a stream without one) at a consumer.
    pub(super) async fn parked(tx: &impl GenericClient, name: &str, unit: Uuid) -> Result<Self, StoreError> {
        let sql = format!(
            "select {COLUMNS}, e.event_type from es.parked p join es.event e using (stream_id, version)
             where p.name = $1 and coalesce(p.patient_id, p.stream_id) = $2 order by e.seq"
        );
        Ok(Self { rows: tx.query(&sql, &[&name, &unit]).await.map_err(unavailable)?, more: false })
    }

    /// How many events it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The place of its last event.
    pub fn last_seq(&self) -> Option<i64> {
        self.rows.last().map(|row| row.get(2))
    }

    /// The keys of the patients of those events that `wants` says.
    ///
    /// # Errors
    /// When the vault cannot be reached.
    pub async fn keys(&self, codec: &Codec, wants: impl Fn(&str) -> bool) -> Result<Keys, StoreError> {
        codec.keys(self.rows.iter().filter(|row| wants(row.get(EVENT_TYPE))).map(patient_of)).await
    }

    /// The events as they stand in the log, still closed.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.rows.iter().map(|row| Entry { row })
    }
}

/// An event of a page, still closed.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    row: &'a Row,
}

impl Entry<'_> {
    /// The CloudEvents type.
    pub fn event_type(&self) -> &str {
        self.row.get(EVENT_TYPE)
    }

    /// The stream and the version.
    pub fn place(&self) -> (Uuid, i32) {
        (self.row.get(0), self.row.get(1))
    }

    /// Its place in the log.
    pub fn seq(&self) -> i64 {
        self.row.get(2)
    }

    /// The patient it is about.
    pub fn patient(&self) -> Option<PatientId> {
        patient_of(self.row)
    }

    /// What order is kept within: the patient, or the stream where it is about none.
    pub fn unit(&self) -> Uuid {
        self.patient().map_or_else(|| self.place().0, |patient| patient.0)
    }

    /// Opens it.
    pub fn decode(&self, keys: &Keys) -> Decoded {
        match self.patient() {
            Some(patient) if !keys.contains_key(&patient) => Decoded::Erased,
            _ => match decode_row(keys, self.row) {
                Ok(event) => Decoded::Event(event),
                Err(error) => Decoded::Damaged(error),
            },
        }
    }
}
