//! A block: what it covers, what it holds, what it chains to, and who signed it.

use chrono::{DateTime, SubsecRound, Utc};
use healthcare_application::StoreError;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Row};

use super::{
    key::{PublicKey, SealKey, signed_by},
    leaf::Marking,
    merkle::Hash,
    window::{Leaves, Window},
};
use crate::database::unavailable;

/// How blocks of this version are hashed, which columns their leaves hold, and how those are marked. Format 1 knew no
/// hand-over, and marked byte by byte.
const FORMAT: i16 = 2;
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
    /// The public key that seals what follows, where another one takes over.
    pub next_key: Option<Vec<u8>>,
    /// The signature over that.
    pub hand_over: Option<Vec<u8>>,
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

    /// The window that follows a block, ends where it begins, and so holds nothing.
    pub(super) fn empty_window(last: Option<&Self>) -> Window {
        let snap = last.map_or_else(|| BEGINNING.into(), |last| last.window.snap.clone());
        Self::next_window(last, snap)
    }

    /// As [`Block::windows_behind`], or from the beginning on where there is no block.
    pub(super) fn windows_from(last: Option<&Self>, snap: String) -> Vec<Window> {
        match last {
            Some(last) => Self::windows_behind(last, snap),
            None => vec![Self::next_window(None, snap)],
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
        let block = Self::unsigned(last, window, leaves, key, now);
        block.signed(key)
    }

    /// Seals, as the last block of a key, that another one takes over. Nothing is in the window.
    pub(super) fn handing_over(
        last: Option<&Self>,
        window: Window,
        key: &SealKey,
        next: &PublicKey,
        now: DateTime<Utc>,
    ) -> Self {
        let block = Self::unsigned(last, window, &Leaves::default(), key, now);
        let block = Self { next_key: Some(next.to_vec()), ..block }.signed(key);
        let statement = hand_over(&block.hash, next);
        Self { hand_over: Some(key.sign(&statement).to_vec()), ..block }
    }

    fn unsigned(last: Option<&Self>, window: Window, leaves: &Leaves, key: &SealKey, now: DateTime<Utc>) -> Self {
        let count = |many: usize| i32::try_from(many).unwrap_or(i32::MAX);
        Self {
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
            next_key: None,
            hand_over: None,
        }
    }

    fn signed(self, key: &SealKey) -> Self {
        let hash = self.computed_hash();
        Self { signature: key.sign(&hash).to_vec(), hash: hash.to_vec(), ..self }
    }

    /// Whether this version knows how it was hashed.
    pub(super) fn is_known(&self) -> bool {
        (1..=FORMAT).contains(&self.format)
    }

    /// How its leaves are marked.
    pub(super) fn marking(&self) -> Marking {
        if self.format == 1 { Marking::Bytes } else { Marking::Words }
    }

    /// The key that is to seal what follows.
    pub(super) fn successor(&self) -> &[u8] {
        self.next_key.as_deref().unwrap_or(&self.key)
    }

    /// Whether its key signed that the other one takes over.
    pub(super) fn hands_over(&self) -> bool {
        let (Some(next), Some(signature)) = (&self.next_key, &self.hand_over) else { return false };
        signed_by(&self.key, &hand_over(&self.hash, next), signature)
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
        if let Some(next) = &self.next_key {
            part(next);
        }
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
                        hash, signature, key, sealed_at, next_key, hand_over)
                    values ($1, $2, $3::text::pg_snapshot, $4::text::pg_snapshot, $5::text::xid8, $6::text::xid8, $7, $8,
                        $9, $10, $11, $12, $13, $14, $16, $17)
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
                    &self.next_key,
                    &self.hand_over,
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

    /// The first one, if there is one.
    pub(super) async fn first(client: &Client) -> Result<Option<Self>, StoreError> {
        Ok(Self::behind(client, 0, 1).await?.pop())
    }

    /// Those in front of a number that hand over to another key, in order.
    pub(super) async fn hand_overs_before(client: &Client, block: i64) -> Result<Vec<Self>, StoreError> {
        let sql = format!("{SELECT} where block < $1 and next_key is not null order by block");
        Ok(client.query(&sql, &[&block]).await.map_err(unavailable)?.iter().map(Self::read).collect())
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
            next_key: row.get(14),
            hand_over: row.get(15),
        }
    }
}

const SELECT: &str =
    "select block, format, from_snap::text, snap::text, above::text::bigint, upto::text::bigint, events,
    entries, root, prev_hash, hash, signature, key, sealed_at, next_key, hand_over from seal.block";

/// What the key of a block signs when another one takes over.
pub(super) fn hand_over(hash: &[u8], next: &[u8]) -> Hash {
    Sha256::new().chain_update(b"healthcare seal hand-over").chain_update(hash).chain_update(next).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is hashed is a matter of format: a chain that was sealed before is verified by every later version. (The sums
    /// were made apart from this code, over the parts with their lengths in four bytes each.)
    #[test]
    fn a_block_of_each_format_hashes_as_ever() {
        let window = Window { from_snap: "10:12:10".into(), snap: "15:15:".into(), above: 0, upto: None };
        let block = Block {
            block: 7,
            format: 1,
            window,
            events: 3,
            entries: 2,
            root: vec![1; 32],
            prev_hash: vec![2; 32],
            hash: vec![],
            signature: vec![],
            key: vec![3; 32],
            sealed_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            next_key: None,
            hand_over: None,
        };
        assert_eq!(
            hex::encode(block.computed_hash()),
            "620498138e4d1ae2259124b7bcb020be13cbf01293ef5cc95206329b79a4b903"
        );
        let handing_over = Block { format: 2, next_key: Some(vec![9; 32]), ..block };
        let sum = "0f69fe108839c253a0baff8913b301bae298df7199f4fdb87694ca4bb738622c";
        assert_eq!(hex::encode(handing_over.computed_hash()), sum);
    }
}
