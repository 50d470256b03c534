//! Verification: every row against its block, every block against the one before, the key and the anchors.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use healthcare_application::StoreError;
use tokio::time::{Instant, sleep};
use tokio_postgres::Client;

use super::{
    anchor::Anchor,
    block::Block,
    keyring::Keyring,
    lag::GRACE,
    leaf::{Kind, Leaf, Place},
    trusted::Trusted,
    window::{Leaves, Window, waited},
};
use crate::database::unavailable;

/// Blocks that are read at a time.
const AT_A_TIME: i64 = 64;
/// Rows of a table that are named where no block can cover them; more are counted.
const NAMED: i64 = 100;
/// How often it is looked whether somebody seals.
const LOOK: Duration = Duration::from_millis(250);

/// What is verified, and by what.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The public keys that are trusted: the first one, and those that took the place of a lost one. All others are
    /// followed from there over each hand-over. Empty if nobody knows any.
    pub trusted: Vec<Trusted>,
    /// What was told to somebody else.
    pub anchors: Vec<Anchor>,
    /// The first block to look at, from 1.
    pub from: i64,
    /// How long the sealer is waited for where rows seem to have waited too long: it may be about to seal them.
    pub patience: Duration,
}

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The block; none for what no block should hold.
    pub block: Option<i64>,
    /// The row, where one can be named.
    pub row: Option<String>,
    /// What differs.
    pub what: String,
}

/// What verification came to.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// What is not as it was sealed. Empty when all is.
    pub findings: Vec<Finding>,
    /// Why something could not be told.
    pub untold: Vec<String>,
    /// Blocks that were looked at.
    pub blocks: usize,
    /// Events in them.
    pub events: i64,
    /// Audit entries in them.
    pub entries: i64,
    /// Rows that are not sealed yet.
    pub unsealed: i64,
    /// Blocks that anchors vouch for.
    pub anchored: usize,
}

impl Finding {
    fn of(block: i64, what: impl Into<String>) -> Self {
        Self { block: Some(block), row: None, what: what.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(block) = self.block {
            write!(f, "block {block}: ")?;
        }
        if let Some(row) = &self.row {
            write!(f, "{row}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Verifies a record in a session that may read it.
///
/// # Errors
/// When the database does not answer: nothing can be told then.
pub async fn verify(client: &Client, scope: &Scope) -> Result<Verdict, StoreError> {
    let mut verdict = Verdict::default();
    let from = scope.from.max(1);
    if scope.trusted.is_empty() {
        verdict.untold.push(
            "which key sealed first is not known: it is not written down beside the sealing key; name it with --key"
                .into(),
        );
    } else if scope.trusted.iter().all(|key| key.from > from) {
        verdict.untold.push(format!("no key is trusted of what was sealed from block {from} on"));
    }
    // The block before the first is taken as it stands: it was not asked about.
    let mut last = if from > 1 { Block::behind(client, from - 2, 1).await?.pop() } else { None };
    let mut told: HashMap<i64, Vec<&Anchor>> = HashMap::new();
    for anchor in &scope.anchors {
        told.entry(anchor.block).or_default().push(anchor);
    }
    let mut ring = Keyring::of(&scope.trusted);
    for block in Block::hand_overs_before(client, from).await? {
        verdict.findings.extend(ring.judge(&block).into_iter().map(|what| Finding::of(block.block, what)));
    }
    let told_of = |block: i64| told.get(&block).map(Vec::as_slice).unwrap_or_default();
    let mut after = from - 1;
    loop {
        let blocks = Block::behind(client, after, AT_A_TIME).await?;
        if blocks.is_empty() {
            break;
        }
        for block in blocks {
            for n in last.as_ref().map_or(from, |last| last.block + 1)..block.block {
                judge_missing(n, told_of(n), &mut ring, &mut verdict.findings);
            }
            after = block.block;
            let told = told_of(block.block);
            judge_anchors(&block, told, &mut ring, &mut verdict.findings);
            judge_chain(&block, last.as_ref(), from, &mut ring, &mut verdict.findings);
            judge_rows(client, &block, &mut verdict.findings).await?;
            verdict.blocks += 1;
            verdict.events += i64::from(block.events);
            verdict.entries += i64::from(block.entries);
            verdict.anchored += usize::from(told.iter().any(|anchor| anchor.is_of(&block)));
            last = Some(block);
        }
    }
    let behind: BTreeSet<i64> = told.keys().copied().filter(|block| *block > after).collect();
    for n in behind {
        judge_missing(n, told_of(n), &mut ring, &mut verdict.findings);
    }
    judge_rest(client, last.as_ref(), scope, &mut verdict).await?;
    Ok(verdict)
}

/// A block as such: its hash, who signed it, what it chains to.
fn judge_chain(block: &Block, last: Option<&Block>, from: i64, ring: &mut Keyring<'_>, findings: &mut Vec<Finding>) {
    let n = block.block;
    if !block.is_known() {
        findings.push(Finding::of(n, format!("it is of format {}, which this version does not know", block.format)));
    }
    if block.computed_hash().as_slice() != block.hash {
        findings.push(Finding::of(n, "its hash is not that of what it says: the block itself was changed"));
    }
    findings.extend(ring.judge(block).into_iter().map(|what| Finding::of(n, what)));
    let expected = last.map_or(from, |last| last.block + 1);
    let is_next = expected == n && (last.is_some() || n == 1);
    if is_next && !block.chains_to(last) {
        findings.push(Finding::of(n, "it does not chain to the block before"));
    }
    if is_next && !block.follows(last) {
        findings.push(Finding::of(n, "its window does not begin where the block before ended"));
    }
}

/// What was told of a block that is there: that it is this one, by who was to sign it.
fn judge_anchors(block: &Block, told: &[&Anchor], ring: &mut Keyring<'_>, findings: &mut Vec<Finding>) {
    for anchor in told {
        if !anchor.is_of(block) {
            let what = format!("it is not the block that was anchored at {}", anchor.sealed_at.to_rfc3339());
            findings.push(Finding::of(block.block, what));
        }
        findings.extend(ring.judge_anchor(anchor).map(|what| Finding::of(block.block, what)));
    }
}

/// A block that is not there, and what was told of it.
fn judge_missing(block: i64, told: &[&Anchor], ring: &mut Keyring<'_>, findings: &mut Vec<Finding>) {
    if told.is_empty() {
        findings.push(Finding::of(block, "the block is missing"));
    }
    for anchor in told {
        let what = format!(
            "the block is missing; it was anchored at {} with {} events and {} audit entries",
            anchor.sealed_at.to_rfc3339(),
            anchor.events,
            anchor.entries
        );
        findings.push(Finding::of(block, what));
        findings.extend(ring.judge_missing(anchor).map(|what| Finding::of(block, what)));
    }
}

/// The rows of a block against its root; where they differ, against its list of leaves, to name them.
async fn judge_rows(client: &Client, block: &Block, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let found = Leaves::of(client, &block.window, block.marking()).await?;
    if found.root().as_slice() == block.root {
        return Ok(());
    }
    let counts = (found.events.len(), found.entries.len(), block.events, block.entries);
    let row = client.query_opt("select leaves from seal.leaves where block = $1", &[&block.block]).await;
    let row = row.map_err(unavailable)?;
    let sealed = row.and_then(|row| Leaf::read_all(row.get(0)));
    let hashes = |leaves: &[Leaf]| leaves.iter().map(|leaf| leaf.hash).collect::<Vec<_>>();
    let Some(sealed) = sealed.filter(|sealed| super::merkle::root(&hashes(sealed)).as_slice() == block.root) else {
        let (events, entries, of_events, of_entries) = counts;
        let what = format!(
            "its rows are not those that were sealed, and its list of leaves was changed as well: \
             {events} events and {entries} audit entries are there, {of_events} and {of_entries} were sealed"
        );
        findings.push(Finding::of(block.block, what));
        return Ok(());
    };
    let before = findings.len();
    let mut name = |leaf: &Leaf, what: String| {
        findings.push(Finding { block: Some(block.block), row: Some(leaf.place.to_string()), what });
    };
    let here = found.by_place();
    let places: HashSet<_> = sealed.iter().map(|leaf| leaf.place).collect();
    for leaf in &sealed {
        match here.get(&leaf.place).map(Vec::as_slice) {
            None => name(leaf, "the row is missing".into()),
            Some([one]) if one.hash == leaf.hash => {}
            Some([one]) => name(leaf, changed(leaf, one)),
            Some(several) => name(leaf, format!("the row is there {} times", several.len())),
        }
    }
    for leaf in found.all().filter(|leaf| !places.contains(&leaf.place)) {
        name(leaf, "the row was added after the block had been sealed".into());
    }
    if findings.len() == before {
        findings.push(Finding::of(block.block, "the rows stand in another order than they were sealed in"));
    }
    Ok(())
}

fn changed(sealed: &Leaf, found: &Leaf) -> String {
    match found.differing(sealed).as_slice() {
        [] => "the row was changed; its marks do not tell in which column".into(),
        columns => format!("the row was changed in {}", columns.join(", ")),
    }
}

/// What no block covers: rows that none can, and rows that wait to be sealed.
async fn judge_rest(
    client: &Client,
    last: Option<&Block>,
    scope: &Scope,
    verdict: &mut Verdict,
) -> Result<(), StoreError> {
    for kind in Kind::ALL {
        judge_unsealable(client, kind, &mut verdict.findings).await?;
    }
    let row = client.query_one("select pg_current_snapshot()::text", &[]).await.map_err(unavailable)?;
    let Some(last) = last else {
        let any = "select exists (select from es.event) or exists (select from audit.entry)";
        if client.query_one(any, &[]).await.map_err(unavailable)?.get(0) {
            verdict.untold.push("nothing is sealed yet".into());
        }
        return Ok(());
    };
    let windows = Block::windows_behind(last, row.get(0));
    for window in &windows {
        let rest = Leaves::of(client, window, last.marking()).await?;
        verdict.unsealed += i64::try_from(rest.len()).unwrap_or(i64::MAX);
    }
    if verdict.unsealed > 0 {
        let seconds = waiting(client, last, &windows).await?;
        if seconds > GRACE.as_secs_f64() && !goes_on(client, last, scope.patience).await? {
            verdict.untold.push(format!(
                "{} rows wait to be sealed and nobody seals them: by their own times, or that of the newest block, for \
                 {seconds:.0} s; what was changed in them or taken away meanwhile nobody can tell",
                verdict.unsealed
            ));
        }
    }
    Ok(())
}

/// Names the rows that are in no window: of no transaction there can be, or of one that has not begun.
async fn judge_unsealable(client: &Client, kind: Kind, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let sql = format!(
        "select {}, coalesce(e.xid >= pg_snapshot_xmax(pg_current_snapshot()), false), count(*) over () from {} e
         where e.xid is null or e.xid < '3'::xid8 or e.xid >= pg_snapshot_xmax(pg_current_snapshot())
         order by e.seq limit $1",
        kind.place(),
        kind.table()
    );
    let rows = client.query(&sql, &[&NAMED]).await.map_err(unavailable)?;
    for row in &rows {
        let what = if row.get(2) {
            "the row bears the number of a transaction that has not begun"
        } else {
            "the row bears the number of no transaction, so that no block can cover it"
        };
        let place = Place::new(kind, row.get(0), row.get::<_, Option<i64>>(1).unwrap_or_default());
        findings.push(Finding { block: None, row: Some(place.to_string()), what: what.into() });
    }
    let more = rows.first().map_or(0, |row| row.get::<_, i64>(3)) - i64::try_from(rows.len()).unwrap_or_default();
    if more > 0 {
        let what = format!("{more} more rows of {} bear such numbers", kind.table());
        findings.push(Finding { block: None, row: None, what });
    }
    Ok(())
}

/// For how many seconds rows may have waited: by their own times, which who writes past the application chooses, and since
/// the newest block, whose time is signed.
async fn waiting(client: &Client, last: &Block, windows: &[Window]) -> Result<f64, StoreError> {
    let since = "select extract(epoch from clock_timestamp() - $1::timestamptz)::float8";
    let mut longest = client.query_one(since, &[&last.sealed_at]).await.map_err(unavailable)?.get::<_, f64>(0);
    for window in windows {
        longest = waited(client, window, i64::MAX).await?.map_or(longest, |seconds| longest.max(seconds));
    }
    Ok(longest)
}

/// Whether somebody seals: a block comes behind this one. On a quiet night the newest one is old, and the first row after it
/// waits its five seconds all the same.
async fn goes_on(client: &Client, last: &Block, patience: Duration) -> Result<bool, StoreError> {
    let deadline = Instant::now() + patience;
    loop {
        if !Block::behind(client, last.block, 1).await?.is_empty() {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        sleep(LOOK).await;
    }
}
