//! A block: what it covers, what it holds, what it chains to, and who signed it.

use chrono::{DateTime, SubsecRound, Utc};
use healthcare_application::StoreError;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Row};

use super::{
    key::{SealKey, signed_by},
    leaf::{Leaves, Window},
    merkle::Hash,
};
use crate::database::unavailable;

/// How blocks of this version are hashed, and which columns their leaves hold.
pub(super) const FORMAT: i16 = 1;
/// What the first block chains to.
const NOTHING: Hash = [0; 32];
/// The snapshot that shows nothing.
const BEGINNING: &str = "1:1:";

/// A sealed block, as it is stored.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its number, from 1.
    pub block: i64,
    /// How it was hashed.
    pub format: i16,
    /// Which rows it covers.
    pub(super) window: Window,
    /// How many events.
    pub events: i32,
    /// How many audit entries.
    pub entries: i32,
    /// The Merkle root over them.
    pub root: Vec<u8>,
    /// The hash of the block before.
    pub prev_hash: Vec<u8>,
    /// Its own hash.
    pub hash: Vec<u8>,
    /// The signature over it.
    pub signature: Vec<u8>,
    /// The public key that signed.
    pub key: Vec<u8>,
    /// When.
    pub sealed_at: DateTime<Utc>,
}

impl Block {
    /// What follows a block, up to a snapshot; what follows none is the beginning.
    pub(super) fn next_window(last: Option<&Self>, snap: String) -> Window {
        match last {
            None => Window { from_snap: BEGINNING.into(), snap, above: 0, upto: None },
            Some(last) => match last.window.upto {
                // The window before was sealed in part: the rest of it first.
                Some(upto) => Window { above: upto, upto: None, ..last.window.clone() },
                None => Window { from_snap: last.window.snap.clone(), snap, above: 0, upto: None },
            },
        }
    }

    /// What no block up to this one covers, of what a snapshot shows.
    pub(super) fn windows_behind(last: &Self, snap: String) -> Vec<Window> {
        let rest = last.window.upto.is_some().then(|| Self::next_window(Some(last), String::new()));
        let next = Window { from_snap: last.window.snap.clone(), snap, above: 0, upto: None };
        rest.into_iter().chain([next]).collect()
    }

    /// Whether its window begins where the block before ended.
    pub(super) fn follows(&self, last: Option<&Self>) -> bool {
        let next = Self::next_window(last, self.window.snap.clone());
        (&next.from_snap, &next.snap, next.above) == (&self.window.from_snap, &self.window.snap, self.window.above)
    }

    /// Seals what was read of a window.
    pub(super) fn seal(
        last: Option<&Self>,
        window: Window,
        leaves: &Leaves,
        key: &SealKey,
        now: DateTime<Utc>,
    ) -> Self {
        let count = |many: usize| i32::try_from(many).unwrap_or(i32::MAX);
        let mut block = Self {
            block: last.map_or(0, |last| last.block) + 1,
            format: FORMAT,
            window,
            events: count(leaves.events.len()),
            entries: count(leaves.entries.len()),
            root: leaves.root().to_vec(),
            prev_hash: last.map_or_else(|| NOTHING.to_vec(), |last| last.hash.clone()),
            hash: vec![],
            signature: vec![],
            key: key.public().to_vec(),
            sealed_at: now.trunc_subsecs(6),
        };
        let hash = block.computed_hash();
        block.signature = key.sign(&hash).to_vec();
        block.hash = hash.to_vec();
        block
    }

    /// The hash over all it says.
    pub(super) fn computed_hash(&self) -> Hash {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            hash.update(bytes);
        };
        part(b"healthcare seal");
        part(&self.format.to_be_bytes());
        part(&self.block.to_be_bytes());
        part(self.window.from_snap.as_bytes());
        part(self.window.snap.as_bytes());
        part(&self.window.above.to_be_bytes());
        part(&self.window.upto.map_or_else(Vec::new, |upto| upto.to_be_bytes().to_vec()));
        part(&self.events.to_be_bytes());
        part(&self.entries.to_be_bytes());
        part(&self.root);
        part(&self.prev_hash);
        part(&self.key);
        part(&self.sealed_at.timestamp_micros().to_be_bytes());
        hash.finalize().into()
    }

    /// Whether its signature is that of the key it names.
    pub(super) fn is_signed(&self) -> bool {
        signed_by(&self.key, &self.hash, &self.signature)
    }

    /// Whether it chains to this one, or to nothing as the first.
    pub(super) fn chains_to(&self, last: Option<&Self>) -> bool {
        self.prev_hash == last.map_or(NOTHING.as_slice(), |last| last.hash.as_slice())
    }

    /// Stores it with its leaves. False when a block of this number is there already: somebody else seals.
    pub(super) async fn store(&self, client: &Client, leaves: &Leaves) -> Result<bool, StoreError> {
        let statement = client
            .prepare(
                "with b as (
                    insert into seal.block (block, format, from_snap, snap, above, upto, events, entries, root, prev_hash,
                        hash, signature, key, sealed_at)
                    values ($1, $2, $3::text::pg_snapshot, $4::text::pg_snapshot, $5::text::xid8, $6::text::xid8, $7, $8,
                        $9, $10, $11, $12, $13, $14)
                    on conflict (block) do nothing returning block)
                 insert into seal.leaves (block, leaves) select block, $15 from b",
            )
            .await
            .map_err(unavailable)?;
        let Window { from_snap, snap, above, upto } = &self.window;
        let stored = client
            .execute(
                &statement,
                &[
                    &self.block,
                    &self.format,
                    from_snap,
                    snap,
                    &above.to_string(),
                    &upto.map(|upto| upto.to_string()),
                    &self.events,
                    &self.entries,
                    &self.root,
                    &self.prev_hash,
                    &self.hash,
                    &self.signature,
                    &self.key,
                    &self.sealed_at,
                    &leaves.bytes(),
                ],
            )
            .await
            .map_err(unavailable)?;
        Ok(stored == 1)
    }

    /// The last one, if there is one.
    pub(super) async fn last(client: &Client) -> Result<Option<Self>, StoreError> {
        let sql = format!("{SELECT} order by block desc limit 1");
        Ok(client.query_opt(&sql, &[]).await.map_err(unavailable)?.as_ref().map(Self::read))
    }

    /// At most `many` blocks behind a number, in order.
    pub(super) async fn behind(client: &Client, after: i64, many: i64) -> Result<Vec<Self>, StoreError> {
        let sql = format!("{SELECT} where block > $1 order by block limit $2");
        Ok(client.query(&sql, &[&after, &many]).await.map_err(unavailable)?.iter().map(Self::read).collect())
    }

    fn read(row: &Row) -> Self {
        Self {
            block: row.get(0),
            format: row.get(1),
            window: Window { from_snap: row.get(2), snap: row.get(3), above: row.get(4), upto: row.get(5) },
            events: row.get(6),
            entries: row.get(7),
            root: row.get(8),
            prev_hash: row.get(9),
            hash: row.get(10),
            signature: row.get(11),
            key: row.get(12),
            sealed_at: row.get(13),
        }
    }
}

const SELECT: &str =
    "select block, format, from_snap::text, snap::text, above::text::bigint, upto::text::bigint, events,
    entries, root, prev_hash, hash, signature, key, sealed_at from seal.block";
