//! A row as a leaf: exactly as it is stored, in PostgreSQL's own binary form.

use tokio_postgres::{
    Row,
    types::{FromSql, Type},
};
use uuid::Uuid;

use super::merkle::{self, Hash};

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
    /// The columns that a leaf is over, in their order. Those of a format never change.
    pub(super) const fn columns(self) -> &'static [&'static str] {
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

    /// Which row it is: the columns of a [`Place`].
    pub(super) const fn place(self) -> &'static str {
        match self {
            Self::Event => "e.stream_id, e.version::bigint",
            Self::Entry => "'00000000-0000-0000-0000-000000000000'::uuid, e.seq",
        }
    }

    /// The column of when it was stored, by its own account.
    pub(super) const fn time(self) -> &'static str {
        match self {
            Self::Event => "recorded_at",
            Self::Entry => "at",
        }
    }

    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Event, Self::Entry];

    /// Where they are.
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Event => "es.event",
            Self::Entry => "audit.entry",
        }
    }
}

impl Place {
    /// The row of a stream's event (its version) or of an entry (nil, its number).
    pub(super) const fn new(kind: Kind, id: Uuid, number: i64) -> Self {
        Self { kind, id, number }
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

/// A value as the server sent it; none for null.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Makes leaves of rows that hold the columns of a kind.
pub(super) struct LeafMaker {
    kind: Kind,
    marking: Marking,
    record: Vec<u8>,
}

impl LeafMaker {
    /// For a kind, with the marks of a format.
    pub(super) const fn new(kind: Kind, marking: Marking) -> Self {
        Self { kind, marking, record: vec![] }
    }

    /// The leaf of a row, and the transaction that wrote it.
    pub(super) fn make(&mut self, row: &Row) -> (i64, Leaf) {
        let columns = row.columns();
        let mut marks = Vec::with_capacity(columns.len());
        // As `record_send` writes a row: how many columns, then of each its type, its length (-1 for null) and its bytes.
        // The server sends the same bytes column by column with half the work.
        self.record.clear();
        self.record.push(self.kind.tag());
        self.record.extend_from_slice(&i32::try_from(columns.len()).unwrap_or(i32::MAX).to_be_bytes());
        for (n, column) in columns.iter().enumerate() {
            let Raw(value) = row.get(n);
            let length = value.map_or(-1, |value| i32::try_from(value.len()).unwrap_or(i32::MAX));
            self.record.extend_from_slice(&column.type_().oid().to_be_bytes());
            self.record.extend_from_slice(&length.to_be_bytes());
            self.record.extend_from_slice(value.unwrap_or_default());
            marks.push(self.marking.mark(value));
        }
        let hash = merkle::leaf(&self.record);
        let number = |n: usize| -> i64 {
            let Raw(value) = row.get(n);
            value.unwrap_or_default().iter().fold(0, |number, byte| number << 8 | i64::from(*byte))
        };
        let (xid, id, number) = match self.kind {
            Kind::Event => (number(3), row.get(0), number(1)),
            Kind::Entry => (number(1), Uuid::nil(), number(0)),
        };
        (xid, Leaf { place: Place { kind: self.kind, id, number }, hash, marks })
    }
}

impl Leaf {
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

/// How a column is marked with a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marking {
    /// FNV-1a of 32 bits, byte by byte: blocks of format 1.
    Bytes,
    /// Eight bytes at a time.
    Words,
}

impl Marking {
    /// The mark of a value. A null is not an empty value.
    fn mark(self, value: Option<&[u8]>) -> u8 {
        let bytes = value.unwrap_or_default();
        let mixed = match self {
            Self::Bytes => {
                let seed = if value.is_none() { 0x1234_5678_u32 } else { 0x811c_9dc5 };
                u64::from(bytes.iter().fold(seed, |mark, byte| (mark ^ u32::from(*byte)).wrapping_mul(0x0100_0193)))
            }
            Self::Words => {
                let seed = value.map_or(u64::MAX, |value| value.len() as u64);
                let (words, rest) = bytes.as_chunks::<8>();
                let mut last = [0; 8];
                last[..rest.len()].copy_from_slice(rest);
                words.iter().chain([&last]).fold(seed, |mark, word| {
                    let mixed = (mark ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    mixed ^ (mixed >> 32)
                })
            }
        };
        mixed.to_be_bytes().into_iter().fold(0, |mark, byte| mark ^ byte)
    }
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
    fn a_mark_tells_null_from_empty_and_one_value_from_another() {
        for marking in [Marking::Bytes, Marking::Words] {
            assert_eq!(marking.mark(Some(b"ab")), marking.mark(Some(b"ab")));
            assert_ne!(marking.mark(Some(b"")), marking.mark(None));
            // A byte that differs shows, wherever it stands; of 256 marks one is the same by chance.
            let long: Vec<u8> = (0..=255).cycle().take(300).collect();
            let differing = (0..long.len()).filter(|n| {
                let mut other = long.clone();
                other[*n] ^= 1;
                marking.mark(Some(&other)) != marking.mark(Some(&long))
            });
            assert!(differing.count() > 280, "{marking:?}");
        }
    }

    /// Blocks that were sealed before keep their marks: FNV-1a of "ab" is 0x4d2505ca.
    #[test]
    fn the_marks_of_format_1_stay_as_they_were() {
        assert_eq!(Marking::Bytes.mark(Some(b"ab")), 0x4d ^ 0x25 ^ 0x05 ^ 0xca);
        assert_eq!(Marking::Bytes.mark(None), 0x12 ^ 0x34 ^ 0x56 ^ 0x78);
    }
}
