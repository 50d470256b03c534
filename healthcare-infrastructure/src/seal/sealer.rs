//! The sealer: one in the whole site, beside the requests.

use std::{sync::Arc, time::Duration};

use healthcare_application::{StoreError, clock::Clock};
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use super::{
    anchor::{Anchors, Told},
    block::Block,
    key::{SealKey, SealKeyError},
    keys::SealKeys,
    lag::{Lag, Look, Said},
    trusted::{Noted, Trusted},
    turn::Turn,
    window::{Leaves, waited},
};
use crate::database::{Database, Session, unavailable};

/// How often it is looked for what is new: the time in which an entry can be changed unseen.
const EVERY: Duration = Duration::from_secs(5);
/// How long a look at what waits may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Rows of a kind in one block, unless one transaction has more.
const TOGETHER: i64 = 20_000;

/// Folds what is new into blocks, under the sealer's role.
pub struct Sealer {
    pub(super) db: Database,
    pub(super) keys: SealKeys,
    clock: Arc<dyn Clock>,
    anchors: Anchors,
    together: i64,
    at_work: Mutex<Option<AtWork>>,
}

/// A session whose turn it is, and the key that its blocks are signed with.
struct AtWork {
    client: Client,
    turn: Turn,
    key: SealKey,
    last: Option<Block>,
    told: Told,
}

impl Sealer {
    /// A sealer over a pool of the sealer's role.
    pub fn new(db: Database, keys: SealKeys, clock: Arc<dyn Clock>, anchors: Anchors) -> Self {
        Self { db, keys, clock, anchors, together: TOGETHER, at_work: Mutex::default() }
    }

    /// The same, with at most so many rows of a kind in a block.
    #[must_use]
    pub fn with_blocks_of(self, rows: i64) -> Self {
        Self { together: rows.max(1), ..self }
    }

    /// Seals from time to time until stopped, and once more then. Outlives a database that goes away.
    pub async fn run(self, stop: CancellationToken) {
        // Beside each other: a sealing that hangs is to be told of, too.
        tokio::join!(self.seal_until(&stop), self.watch_until(&stop));
    }

    async fn seal_until(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            self.try_to_seal().await;
            tokio::select! { () = stop.cancelled() => {} () = sleep(EVERY) => {} }
        }
        self.try_to_seal().await;
    }

    async fn watch_until(&self, stop: &CancellationToken) {
        let mut lag = Lag::default();
        loop {
            tokio::select! { () = stop.cancelled() => return, () = sleep(EVERY) => self.tell(&mut lag).await }
        }
    }

    async fn try_to_seal(&self) {
        if let Err(error) = self.seal().await {
            metrics::counter!("healthcare_seal_failures_total").increment(1);
            tracing::error!(error = &error as &dyn std::error::Error, "what is new is not sealed; another try follows");
        }
    }

    /// Tells how long what is new has waited, whoever is to seal it: that it is another process's turn is no reason to
    /// believe that it seals.
    async fn tell(&self, lag: &mut Lag) {
        // What goes wrong here goes wrong where it is sealed, which is logged there.
        let look = timeout(PATIENCE, self.look()).await.map_or(Look::Unknown, |look| look.unwrap_or(Look::Unknown));
        let (waits, said) = lag.seen(look, self.clock.now());
        metrics::gauge!("healthcare_seal_lag_seconds").set(waits.as_secs_f64());
        match said {
            Some(Said::TooLong) => tracing::warn!(
                seconds = waits.as_secs(),
                "nothing has been sealed for too long: what waits can be changed unseen; is the sealer's role let in, and \
                 who holds seal.whose_turn?"
            ),
            Some(Said::Over) => tracing::warn!("what is new is sealed again; run `healthcare verify`"),
            None => {}
        }
    }

    async fn look(&self) -> Result<Look, StoreError> {
        let client = self.db.get().await?;
        let last = Block::last(&client).await?;
        let row = client.query_one("select pg_current_snapshot()::text", &[]).await.map_err(unavailable)?;
        let behind = last.as_ref().map_or(0, |last| last.block);
        for window in Block::windows_from(last.as_ref(), row.get(0)) {
            if let Some(seconds) = waited(&client, &window, 1).await? {
                let by_its_own = Duration::try_from_secs_f64(seconds).unwrap_or_default();
                return Ok(Look::Waiting { behind, by_its_own });
            }
        }
        Ok(Look::Nothing)
    }

    /// Seals what was committed until now and tells the anchors; answers how many blocks that made. None when another
    /// process seals. An anchor that cannot be told is told with the next. Where a key is to take over, the last of the
    /// blocks hands over to it.
    ///
    /// # Errors
    /// When the database does not answer, or the key is not the one that is to seal. What was sealed before stays.
    pub async fn seal(&self) -> Result<usize, StoreError> {
        let mut at_work = self.at_work.lock().await;
        let mut work = match at_work.take().filter(AtWork::is_open) {
            Some(work) => work,
            None => match self.begin().await? {
                Some(work) => work,
                None => return Ok(0),
            },
        };
        let made = self.seal_in(&mut work).await?;
        let next = self.successor(&work).await;
        let (handed_over, held_up) = match next {
            Ok(Some(next)) => (self.hand_over(&mut work, next).await, None),
            Ok(None) => (Ok(0), None),
            // Nothing of it is stored: the key at work, which may be in no file any more, stays there.
            Err(error) => (Ok(0), Some(error)),
        };
        if let Err(error) = self.anchors.export(&work.client, &mut work.told).await {
            metrics::counter!("healthcare_anchor_failures_total").increment(1);
            tracing::error!(error = &error as &dyn std::error::Error, "blocks were not anchored; another try follows");
        }
        // Where it failed halfway nobody goes on from here: the files say anew which key it is.
        let handed_over = handed_over?;
        *at_work = Some(work);
        held_up.map_or(Ok(made + handed_over), Err)
    }

    /// Whether it is its turn: whether it is the one that seals.
    pub async fn leads(&self) -> bool {
        self.at_work.lock().await.as_ref().is_some_and(AtWork::is_open)
    }

    async fn begin(&self) -> Result<Option<AtWork>, StoreError> {
        let Some((client, turn)) = self.alone().await? else { return Ok(None) };
        if let Err(error) = self.keys.sweep() {
            tracing::warn!(error = &error as &dyn std::error::Error, "what was left half written is not swept");
        }
        let last = Block::last(&client).await?;
        let key = self.keys.behind(last.as_ref()).map_err(no_key)?;
        if last.is_some() {
            self.note_the_first(&client, &key).await;
        }
        Ok(Some(AtWork { client, turn, key, last, told: Told::default() }))
    }

    /// A session, and the turn to seal; none while it is another one's.
    pub(super) async fn alone(&self) -> Result<Option<(Client, Turn)>, StoreError> {
        let Some(turn) = Turn::take(&self.db).await? else { return Ok(None) };
        let Session { client, .. } = self.db.session().await?;
        Ok(Some((client, turn)))
    }

    /// The key that is to take over, where there is one: the files are ready for it.
    async fn successor(&self, work: &AtWork) -> Result<Option<SealKey>, StoreError> {
        let Some(next) = self.keys.next_of(&work.key).map_err(no_key)? else { return Ok(None) };
        self.trust_the_first(&work.client, &work.key).await?;
        self.keys.prepare(&work.key).map_err(no_key)?;
        Ok(Some(next))
    }

    /// A last block of the key that sealed until now, which says that this one takes over; from then on that one seals.
    async fn hand_over(&self, work: &mut AtWork, next: SealKey) -> Result<usize, StoreError> {
        // Nothing is in its window: what there was is sealed.
        let window = Block::empty_window(work.last.as_ref());
        let block = Block::handing_over(work.last.as_ref(), window, &work.key, &next.public(), self.clock.now());
        self.store(work, block, &Leaves::default()).await?;
        if let Some(last) = &work.last {
            self.keys.take_over(last).map_err(no_key)?;
            tracing::info!(block = last.block, key = hex::encode(next.public()), "another key seals from now on");
        }
        work.key = next;
        Ok(1)
    }

    /// As [`Sealer::trust_the_first`], where the sealing goes on without: the folder of the keys may be one that is only
    /// read, and whoever verifies has to name the key then.
    async fn note_the_first(&self, client: &Client, key: &SealKey) {
        if let Err(error) = self.trust_the_first(client, key).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "whether it is written down which key sealed first is not known: without it `healthcare verify` has to be told"
            );
        }
    }

    /// Writes down which key the chain begins with: whoever verifies here follows it from there. Where another key than
    /// this one began it, nobody here can vouch for that one any more.
    async fn trust_the_first(&self, client: &Client, key: &SealKey) -> Result<(), StoreError> {
        let trusted = self.keys.trusted().map_err(no_key)?;
        let first = Block::first(client).await?;
        match Noted::of(&trusted, first.as_ref().map(|first| first.key.as_slice()), key.public()) {
            Noted::Down => Ok(()),
            Noted::NotYet => self.keys.trust(&[Trusted::first(key.public())]).map_err(|error| {
                tracing::warn!(
                    key = hex::encode(key.public()),
                    "the key that seals first cannot be written down: name it to `healthcare verify --key`"
                );
                no_key(error)
            }),
            Noted::NoMore => {
                tracing::warn!(
                    "which key sealed first is not written down here any more: name it to `healthcare verify`"
                );
                Ok(())
            }
            Noted::Others => {
                tracing::warn!(
                    file = %self.keys.beside("trusted").display(),
                    key = hex::encode(key.public()),
                    "this key sealed first and the file names others, so that `healthcare verify` takes its blocks for \
                     tampered with: move the file away if it is of another record"
                );
                Ok(())
            }
        }
    }

    async fn store(&self, work: &mut AtWork, block: Block, leaves: &Leaves) -> Result<(), StoreError> {
        if !block.store(&work.client, leaves).await? {
            return Err(StoreError::Damaged(
                format!("block {} was sealed by somebody who does not hold the lock", block.block).into(),
            ));
        }
        metrics::counter!("healthcare_sealed_rows_total").increment(leaves.len() as u64);
        metrics::gauge!("healthcare_sealed_block").set(block.block as f64);
        if work.last.is_none() {
            self.note_the_first(&work.client, &work.key).await;
        }
        work.last = Some(block);
        Ok(())
    }

    async fn seal_in(&self, work: &mut AtWork) -> Result<usize, StoreError> {
        let row = work.client.query_one("select pg_current_snapshot()::text", &[]).await.map_err(unavailable)?;
        let snap: String = row.get(0);
        let mut made = 0;
        loop {
            let window = Block::next_window(work.last.as_ref(), snap.clone());
            if window.from_snap == window.snap && window.above == 0 {
                break;
            }
            let rest_of_another = window.snap != snap;
            let (window, leaves) = Leaves::beginning(&work.client, window, self.together).await?;
            let whole = window.upto.is_none();
            if leaves.len() == 0 && !rest_of_another {
                break;
            }
            let block = Block::seal(work.last.as_ref(), window, &leaves, &work.key, self.clock.now());
            self.store(work, block, &leaves).await?;
            made += 1;
            let done = whole && !rest_of_another;
            if done {
                break;
            }
        }
        Ok(made)
    }
}

impl AtWork {
    fn is_open(&self) -> bool {
        !self.client.is_closed() && self.turn.is_held()
    }
}

/// Without the key that is to seal nothing is.
pub(super) fn no_key(error: SealKeyError) -> StoreError {
    StoreError::Damaged(Box::new(error))
}
