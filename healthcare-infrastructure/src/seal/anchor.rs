//! Anchors: the hashes of blocks, kept where the database's administrator cannot rewrite them.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use healthcare_application::StoreError;
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use super::{
    block::{Block, hand_over},
    key::{PublicKey, signed_by},
};
use crate::database::unavailable;

/// How long a receiver may take to confirm.
const PATIENCE: Duration = Duration::from_secs(10);
/// Anchors of one request at the most.
const TOGETHER: i64 = 500;

/// A block, told to somebody else. A line of NDJSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The block's number.
    pub block: i64,
    /// Its hash, in hexadecimal digits.
    pub hash: String,
    /// How many events it holds.
    pub events: i32,
    /// How many audit entries.
    pub entries: i32,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// The public key, in hexadecimal digits.
    pub key: String,
    /// The signature over the hash, in hexadecimal digits.
    pub signature: String,
    /// The public key that seals what follows, in hexadecimal digits, where another one takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_key: Option<String>,
    /// The signature over the hash and that key, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_over: Option<String>,
}

/// Anchors cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The file.
    #[error("the file of anchors cannot be used")]
    File(#[from] io::Error),
    /// A line of it.
    #[error("line {0} of the anchors is no anchor")]
    Line(usize),
    /// The receiver.
    #[error("the receiver of anchors does not confirm them")]
    Receiver(#[from] reqwest::Error),
    /// What is written down of the receiver.
    #[error(
        "the receiver is said to have confirmed block {0}, which the database does not hold: seal.exported was changed, \
         or blocks were taken away; run `healthcare verify`"
    )]
    Ahead(i64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Anchor {
    fn of(block: &Block) -> Self {
        Self {
            block: block.block,
            hash: hex::encode(&block.hash),
            events: block.events,
            entries: block.entries,
            sealed_at: block.sealed_at,
            key: hex::encode(&block.key),
            signature: hex::encode(&block.signature),
            next_key: block.next_key.as_ref().map(hex::encode),
            hand_over: block.hand_over.as_ref().map(hex::encode),
        }
    }

    /// Whether this block is the one that was told. (The hash is over the key that takes over as well.)
    pub(super) fn is_of(&self, block: &Block) -> bool {
        self.block == block.block && self.hash == hex::encode(&block.hash)
    }

    /// The key that takes over, when the one that signed says so.
    pub(super) fn successor(&self) -> Option<PublicKey> {
        let of = |text: &str| hex::decode(text).ok();
        let (key, hash, next) = (of(&self.key)?, of(&self.hash)?, of(self.next_key.as_deref()?)?);
        let signature = of(self.hand_over.as_deref()?)?;
        let signed = signed_by(&key, &hand_over(&hash, &next), &signature);
        next.try_into().ok().filter(|_| signed)
    }

    /// Whether the key signed what it says.
    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let (Ok(hash), Ok(signature)) = (hex::decode(&self.hash), hex::decode(&self.signature)) else { return false };
        self.key == hex::encode(key) && signed_by(key, &hash, &signature)
    }
}

/// Reads a file of anchors. A last line that a crash cut short is left out.
///
/// # Errors
/// When the file cannot be read, or another line is no anchor.
pub fn read_anchors(path: &Path) -> Result<Vec<Anchor>, AnchorError> {
    let text = std::fs::read_to_string(path)?;
    let whole = text.ends_with('\n');
    let lines: Vec<&str> = text.lines().collect();
    let mut anchors = Vec::with_capacity(lines.len());
    for (n, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(anchor) => anchors.push(anchor),
            Err(_) if n + 1 == lines.len() && !whole => {}
            Err(_) => return Err(AnchorError::Line(n + 1)),
        }
    }
    Ok(anchors)
}

/// Where anchors go: a file that is appended to, a receiver that confirms them by a 2xx, or both.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    /// The file.
    pub file: Option<PathBuf>,
    /// The receiver: blocks are posted to it as NDJSON, in order, again until it confirms.
    pub url: Option<String>,
}

/// How far anchors were told.
#[derive(Debug, Default)]
pub(super) struct Told {
    file: Option<i64>,
    url: Option<i64>,
    client: Option<reqwest::Client>,
}

impl Anchors {
    /// Tells the blocks that were not told yet to everybody; one who does not listen does not keep the others from it.
    pub(super) async fn export(&self, session: &Client, told: &mut Told) -> Result<(), AnchorError> {
        let to_file = match &self.file {
            Some(path) => append(session, path, told).await,
            None => Ok(()),
        };
        let to_url = match &self.url {
            Some(url) => post(session, url, told).await,
            None => Ok(()),
        };
        to_file.and(to_url)
    }
}

/// Appends to the file what is not in it.
async fn append(session: &Client, path: &Path, told: &mut Told) -> Result<(), AnchorError> {
    let mut after = match told.file {
        Some(after) => after,
        None => standing(session, path).await?,
    };
    loop {
        let blocks = Block::behind(session, after, TOGETHER).await?;
        let Some(last) = blocks.last().map(|block| block.block) else { break };
        let mut text = lines(&blocks);
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            // What a crash cut short is ended, to be passed over by who reads.
            if ends_amid_a_line(&path)? {
                text.insert(0, b'\n');
            }
            let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
            file.write_all(&text)?;
            file.sync_all()
        })
        .await
        .map_err(io::Error::other)??;
        after = last;
    }
    told.file = Some(after);
    Ok(())
}

/// The last block that the file and the database agree on. Where they do not, the database is another one than the file
/// tells of, e.g. an older copy of it: what it seals from here on is told as well, and contradicts what was told before.
async fn standing(session: &Client, path: &Path) -> Result<i64, AnchorError> {
    let Some(last) = last_line(path)? else { return Ok(0) };
    let here = Block::behind(session, last.block - 1, 1).await?;
    if here.first().is_some_and(|block| last.is_of(block)) {
        return Ok(last.block);
    }
    tracing::error!(
        block = last.block,
        "the database does not hold the block that was anchored last: it is an older copy, or was changed; run `healthcare verify`"
    );
    Ok(Block::last(session).await?.map_or(0, |block| block.block))
}

fn last_line(path: &Path) -> Result<Option<Anchor>, AnchorError> {
    let file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut last = None;
    for line in BufReader::new(file).lines() {
        if let Ok(anchor) = serde_json::from_str(&line?) {
            last = Some(anchor);
        }
    }
    Ok(last)
}

fn ends_amid_a_line(path: &Path) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

/// Posts what the receiver has not confirmed.
async fn post(session: &Client, url: &str, told: &mut Told) -> Result<(), AnchorError> {
    let client = match &told.client {
        Some(client) => client.clone(),
        None => told.client.insert(reqwest::Client::builder().timeout(PATIENCE).build()?).clone(),
    };
    let mut after = match told.url {
        Some(after) => after,
        None => confirmed(session, url).await?,
    };
    loop {
        let blocks = Block::behind(session, after, TOGETHER).await?;
        told.url = Some(after);
        let Some(last) = blocks.last().map(|block| block.block) else { return Ok(()) };
        let request = client.post(url).header("content-type", "application/x-ndjson").body(lines(&blocks));
        request.send().await?.error_for_status()?;
        session
            .execute(
                "insert into seal.exported (target, block) values ($1, $2)
                 on conflict (target) do update set block = excluded.block",
                &[&url, &last],
            )
            .await
            .map_err(unavailable)?;
        after = last;
    }
}

/// The last block that a receiver has confirmed, as an earlier process wrote it down. Who seals remembers it from then on:
/// what is written there meanwhile is somebody else's word.
async fn confirmed(session: &Client, url: &str) -> Result<i64, AnchorError> {
    let row = session.query_opt("select block from seal.exported where target = $1", &[&url]).await;
    let known = row.map_err(unavailable)?.map_or(0, |row| row.get(0));
    believed(known, Block::last(session).await?.map_or(0, |last| last.block))
}

/// Nobody can have confirmed a block that there is not.
fn believed(known: i64, last: i64) -> Result<i64, AnchorError> {
    if known > last { Err(AnchorError::Ahead(known)) } else { Ok(known) }
}

fn lines(blocks: &[Block]) -> Vec<u8> {
    let mut text = vec![];
    for block in blocks {
        // Numbers and text; writing them cannot fail.
        text.extend(serde_json::to_vec(&Anchor::of(block)).unwrap_or_default());
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 44: a number that was set ahead would keep the receiver from being told of anything, without a word.
    #[test]
    fn security_44_nobody_has_confirmed_what_there_is_not() {
        assert_eq!(believed(0, 0).unwrap(), 0);
        assert_eq!(believed(7, 7).unwrap(), 7);
        assert!(matches!(believed(8, 7), Err(AnchorError::Ahead(8))));
    }
}
