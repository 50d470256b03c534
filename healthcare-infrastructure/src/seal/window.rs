//! The rows of a window: what one snapshot shows and the one before did not.

use std::collections::HashMap;

use futures::{TryStreamExt, pin_mut};
use healthcare_application::StoreError;
use tokio_postgres::{Client, types::ToSql};

use super::{
    leaf::{Kind, Leaf, LeafMaker, Marking, Place},
    merkle::{self, Hash},
};
use crate::database::unavailable;

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

/// The two parts of a window, in the order of their transactions: those that were under way at the snapshot before, and
/// those that had not begun then.
const PARTS: [&str; 2] = [
    "e.xid = any(array(select pg_snapshot_xip($1::text::pg_snapshot)))",
    "e.xid >= pg_snapshot_xmax($1::text::pg_snapshot) and e.xid < pg_snapshot_xmax($2::text::pg_snapshot)",
];

/// The rows of a part by (xid, seq), which its index answers in this order. The parameters: both snapshots, above, up to,
/// at most so many.
fn select(kind: Kind, part: &str, columns: &str) -> String {
    format!(
        "select {columns} from {} e where {part} and pg_visible_in_snapshot(e.xid, $2::text::pg_snapshot)
            and e.xid > $3::text::xid8 and e.xid <= $4::text::xid8
         order by e.xid, e.seq limit $5::text::bigint",
        kind.table()
    )
}

/// For how many seconds the oldest of a window's first rows has waited, by its own account and the database's clock; none
/// where there are no rows. Looks at `many` of each kind and part at the most.
///
/// # Errors
/// When the database does not answer.
pub async fn waited(client: &Client, window: &Window, many: i64) -> Result<Option<f64>, StoreError> {
    let (above, upto) = (window.above.to_string(), window.upto.unwrap_or(i64::MAX).to_string());
    let mut longest: Option<f64> = None;
    for (kind, part) in Kind::ALL.into_iter().flat_map(|kind| PARTS.map(|part| (kind, part))) {
        let age = format!("extract(epoch from clock_timestamp() - e.{})::float8 as age", kind.time());
        let sql = format!("select max(age) from ({}) first", select(kind, part, &age));
        let params: [&(dyn ToSql + Sync); 5] = [&window.from_snap, &window.snap, &above, &upto, &many.to_string()];
        let row = client.query_one(&sql, &params).await.map_err(unavailable)?;
        longest = longest.into_iter().chain(row.get::<_, Option<f64>>(0)).reduce(f64::max);
    }
    Ok(longest)
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
    pub async fn of(client: &Client, window: &Window, marking: Marking) -> Result<Self, StoreError> {
        let (events, _) = rows(client, Kind::Event, marking, window, i64::MAX).await?;
        let (entries, _) = rows(client, Kind::Entry, marking, window, i64::MAX).await?;
        Ok(Self { events: strip(events), entries: strip(entries) })
    }

    /// The rows of a window, or of its beginning if it holds many more than `many` of a kind: then the window ends with
    /// the last transaction that is read whole.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn beginning(client: &Client, mut window: Window, many: i64) -> Result<(Window, Self), StoreError> {
        let (mut events, cut_events) = rows(client, Kind::Event, Marking::Words, &window, many).await?;
        let (mut entries, cut_entries) = rows(client, Kind::Entry, Marking::Words, &window, many).await?;
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
            (events, _) = rows(client, Kind::Event, Marking::Words, &window, i64::MAX).await?;
            (entries, _) = rows(client, Kind::Entry, Marking::Words, &window, i64::MAX).await?;
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

/// At most `many` rows of a window; where there may be more, also the transaction of the last one. Rows become leaves as
/// they come: neither all of them are held at a time, nor is anybody else kept waiting meanwhile.
async fn rows(
    client: &Client,
    kind: Kind,
    marking: Marking,
    window: &Window,
    many: i64,
) -> Result<(Vec<Written>, Option<i64>), StoreError> {
    let (above, upto) = (window.above.to_string(), window.upto.unwrap_or(i64::MAX).to_string());
    let columns = kind.columns().iter().map(|column| format!("e.{column}")).collect::<Vec<_>>().join(", ");
    let mut maker = LeafMaker::new(kind, marking);
    let mut leaves: Vec<Written> = vec![];
    let left = |leaves: &[Written]| many - i64::try_from(leaves.len()).unwrap_or(i64::MAX);
    for part in PARTS {
        let statement = client.prepare(&select(kind, part, &columns)).await.map_err(unavailable)?;
        let limit = left(&leaves).to_string();
        let params = [window.from_snap.as_str(), &window.snap, &above, &upto, &limit];
        let found = client.query_raw(&statement, params).await.map_err(unavailable)?;
        pin_mut!(found);
        while let Some(row) = found.try_next().await.map_err(unavailable)? {
            leaves.push(maker.make(&row));
        }
    }
    let last = leaves.last().filter(|_| left(&leaves) <= 0).map(|(xid, _)| *xid);
    Ok((leaves, last))
}

fn strip(rows: Vec<Written>) -> Vec<Leaf> {
    rows.into_iter().map(|(_, leaf)| leaf).collect()
}
