//! The rows of a block as leaves: each row exactly as it is stored, in PostgreSQL's own binary form.

use std::collections::HashMap;

use healthcare_application::StoreError;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::merkle::{self, Hash};
use crate::database::unavailable;

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A row of `es.event`.
    Event,
    /// A row of `audit.entry`.
    Entry,
}

/// Which row: the stream and version of an event, the number of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    kind: Kind,
    id: Uuid,
    number: i64,
}

/// A row as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Which row.
    pub place: Place,
    /// RFC 6962, over the kind and the row in binary form.
    pub hash: Hash,
    /// A byte a column, to name the columns that differ. It proves nothing: the hash does.
    pub marks: Vec<u8>,
}

/// The window a block covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// What was sealed before is visible in this snapshot.
    pub from_snap: String,
    /// What is sealed is visible in this one.
    pub snap: String,
    /// Only transactions above this one.
    pub above: i64,
    /// Only transactions up to this one; all if none.
    pub upto: Option<i64>,
}

const EVENT: [&str; 13] = [
    "stream_id",
    "version",
    "seq",
    "xid",
    "patient_id",
    "stream_type",
    "event_type",
    "schema_ver",
    "occurred_at",
    "known_at",
    "recorded_at",
    "payload",
    "meta",
];
const ENTRY: [&str; 17] = [
    "seq", "xid", "at", "actor", "role", "session", "address", "purpose", "action", "resource", "fields", "patient",
    "subject", "outcome", "reason", "request", "note",
];

impl Kind {
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Event => &EVENT,
            Self::Entry => &ENTRY,
        }
    }

    const fn tag(self) -> u8 {
        match self {
            Self::Event => 0,
            Self::Entry => 1,
        }
    }

    /// The rows of a window by (xid, seq). The parameters: both snapshots, above, up to, at most so many.
    fn select(self) -> String {
        let (table, id, number) = match self {
            Self::Event => ("es.event", "e.stream_id", "e.version::bigint"),
            Self::Entry => ("audit.entry", "null::uuid", "e.seq"),
        };
        let columns: Vec<String> = self.columns().iter().map(|column| format!("e.{column}")).collect();
        let rows = format!(
            "select e.xid, e.seq, {id} as id, {number} as number, record_send(row({})) as body from {table} e",
            columns.join(", ")
        );
        let shown = "pg_visible_in_snapshot(e.xid, $2::text::pg_snapshot)
            and e.xid > $3::text::xid8 and e.xid <= $4::text::xid8";
        format!(
            "select id, number, xid::text::bigint, body from (
                {rows} where e.xid >= pg_snapshot_xmax($1::text::pg_snapshot)
                    and e.xid < pg_snapshot_xmax($2::text::pg_snapshot) and {shown}
                union all
                {rows} where e.xid = any(array(select pg_snapshot_xip($1::text::pg_snapshot))) and {shown}
             ) w order by xid, seq limit $5"
        )
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            Kind::Event => write!(f, "event {}:{}", self.id, self.number),
            Kind::Entry => write!(f, "audit entry {}", self.number),
        }
    }
}

impl Leaf {
    fn of(kind: Kind, row: &Row) -> Self {
        let body: &[u8] = row.get(3);
        let mut data = Vec::with_capacity(body.len() + 1);
        data.push(kind.tag());
        data.extend_from_slice(body);
        let place = Place { kind, id: row.get::<_, Option<Uuid>>(0).unwrap_or_default(), number: row.get(1) };
        Self { place, hash: merkle::leaf(&data), marks: marks(body) }
    }

    /// The columns in which another state of the same row differs, as far as their marks tell.
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        let columns = self.place.kind.columns().iter().zip(self.marks.iter().zip(&other.marks));
        columns.filter(|(_, (ours, theirs))| ours != theirs).map(|(name, _)| *name).collect()
    }

    /// Appends it as it is kept.
    pub fn write(&self, to: &mut Vec<u8>) {
        to.push(self.place.kind.tag());
        to.extend_from_slice(self.place.id.as_bytes());
        to.extend_from_slice(&self.place.number.to_be_bytes());
        to.extend_from_slice(&self.hash);
        to.extend_from_slice(&self.marks);
    }

    /// Reads what [`Leaf::write`] wrote; none when it is not that.
    pub fn read_all(mut bytes: &[u8]) -> Option<Vec<Self>> {
        let mut all = vec![];
        while let Some((tag, rest)) = bytes.split_first() {
            let kind = match tag {
                0 => Kind::Event,
                1 => Kind::Entry,
                _ => return None,
            };
            let (id, rest) = rest.split_first_chunk::<16>()?;
            let (number, rest) = rest.split_first_chunk::<8>()?;
            let (hash, rest) = rest.split_first_chunk::<32>()?;
            let (marks, rest) = rest.split_at_checked(kind.columns().len())?;
            let place = Place { kind, id: Uuid::from_bytes(*id), number: i64::from_be_bytes(*number) };
            all.push(Self { place, hash: *hash, marks: marks.to_vec() });
            bytes = rest;
        }
        Some(all)
    }
}

/// A byte for each column of a record in binary form: a count, then for each an OID, a length (-1 for null) and bytes.
fn marks(record: &[u8]) -> Vec<u8> {
    let mut marks = vec![];
    let mut rest = record.get(4..).unwrap_or_default();
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let length = i32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        let (column, after) = tail.split_at(usize::try_from(length).unwrap_or(0).min(tail.len()));
        // FNV-1a, folded; a null is not an empty value.
        let seed = if length < 0 { 0x1234_5678_u32 } else { 0x811c_9dc5 };
        let mixed = column.iter().fold(seed, |mark, byte| (mark ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        marks.push(mixed.to_be_bytes().into_iter().fold(0, |mark, byte| mark ^ byte));
        rest = after;
    }
    marks
}

/// The rows of a window.
#[derive(Debug, Default)]
pub struct Leaves {
    /// Events, by (xid, seq).
    pub events: Vec<Leaf>,
    /// Audit entries, by (xid, seq).
    pub entries: Vec<Leaf>,
}

impl Leaves {
    /// All rows of a window.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(client: &Client, window: &Window) -> Result<Self, StoreError> {
        let (events, _) = rows(client, Kind::Event, window, i64::MAX).await?;
        let (entries, _) = rows(client, Kind::Entry, window, i64::MAX).await?;
        Ok(Self { events: strip(events), entries: strip(entries) })
    }

    /// The rows of a window, or of its beginning if it holds many more than `many` of a kind: then the window ends with
    /// the last transaction that is read whole.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn beginning(client: &Client, mut window: Window, many: i64) -> Result<(Window, Self), StoreError> {
        let (mut events, cut_events) = rows(client, Kind::Event, &window, many).await?;
        let (mut entries, cut_entries) = rows(client, Kind::Entry, &window, many).await?;
        let Some(cut) = [cut_events, cut_entries].into_iter().flatten().min() else {
            return Ok((window, Self { events: strip(events), entries: strip(entries) }));
        };
        let read = || events.iter().chain(&entries).map(|(xid, _)| *xid);
        if let Some(last) = read().filter(|xid| *xid < cut).max() {
            window.upto = Some(last);
            events.retain(|(xid, _)| *xid <= last);
            entries.retain(|(xid, _)| *xid <= last);
        } else {
            // One transaction larger than a block should be: it is read whole all the same.
            window.upto = Some(cut);
            (events, _) = rows(client, Kind::Event, &window, i64::MAX).await?;
            (entries, _) = rows(client, Kind::Entry, &window, i64::MAX).await?;
        }
        Ok((window, Self { events: strip(events), entries: strip(entries) }))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.events.len() + self.entries.len()
    }

    /// The root over all of them.
    pub fn root(&self) -> Hash {
        let hashes: Vec<Hash> = self.all().map(|leaf| leaf.hash).collect();
        merkle::root(&hashes)
    }

    /// Events, then entries.
    pub fn all(&self) -> impl Iterator<Item = &Leaf> {
        self.events.iter().chain(&self.entries)
    }

    /// As they are kept.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len() * 72);
        self.all().for_each(|leaf| leaf.write(&mut bytes));
        bytes
    }

    /// By place. A place that occurs twice has both.
    pub fn by_place(&self) -> HashMap<Place, Vec<&Leaf>> {
        let mut map: HashMap<Place, Vec<&Leaf>> = HashMap::with_capacity(self.len());
        for leaf in self.all() {
            map.entry(leaf.place).or_default().push(leaf);
        }
        map
    }
}

/// A row, and the transaction that wrote it.
type Written = (i64, Leaf);

/// At most `many` rows of a window; where there may be more, also the transaction of the last one.
async fn rows(
    client: &Client,
    kind: Kind,
    window: &Window,
    many: i64,
) -> Result<(Vec<Written>, Option<i64>), StoreError> {
    let statement = client.prepare(&kind.select()).await.map_err(unavailable)?;
    let (above, upto) = (window.above.to_string(), window.upto.unwrap_or(i64::MAX).to_string());
    let found = client
        .query(&statement, &[&window.from_snap, &window.snap, &above, &upto, &many])
        .await
        .map_err(unavailable)?;
    let leaves: Vec<Written> = found.iter().map(|row| (row.get(2), Leaf::of(kind, row))).collect();
    let full = i64::try_from(leaves.len()).is_ok_and(|count| count >= many);
    let last = leaves.last().filter(|_| full).map(|(xid, _)| *xid);
    Ok((leaves, last))
}

fn strip(rows: Vec<Written>) -> Vec<Leaf> {
    rows.into_iter().map(|(_, leaf)| leaf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(kind: Kind, number: i64) -> Leaf {
        let place = Place { kind, id: Uuid::from_u128(3), number };
        Leaf { place, hash: [7; 32], marks: (0..u8::try_from(kind.columns().len()).unwrap()).collect() }
    }

    #[test]
    fn leaves_are_read_as_they_were_written() {
        let all = vec![leaf(Kind::Event, 1), leaf(Kind::Entry, 2), leaf(Kind::Event, 3)];
        let mut bytes = vec![];
        all.iter().for_each(|leaf| leaf.write(&mut bytes));
        assert_eq!(Leaf::read_all(&bytes), Some(all));
        assert_eq!(Leaf::read_all(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn a_mark_tells_null_from_empty_and_one_column_from_another() {
        let column = |length: i32, bytes: &[u8]| [&25_u32.to_be_bytes(), &length.to_be_bytes(), bytes].concat();
        let record = |columns: &[Vec<u8>]| [2_i32.to_be_bytes().to_vec(), columns.concat()].concat();
        let one = marks(&record(&[column(2, b"ab"), column(0, b"")]));
        let other = marks(&record(&[column(2, b"ab"), column(-1, b"")]));
        assert_eq!(one.len(), 2);
        assert_eq!(one[0], other[0]);
        assert_ne!(one[1], other[1]);
    }
}
