//! One window of a consumer: its effects and its checkpoint in one transaction.

use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures::{FutureExt, try_join};
use healthcare_application::StoreError;
use uuid::Uuid;

use super::{
    checkpoint::Checkpoint,
    consumer::{ConsumeError, Consumer},
    feed::Feed,
    parking,
    window::{Decoded, Entry, Part, Window},
};
use crate::event_store::{Keys, PgEventStore};

/// How many events are held at once.
const PAGE: i64 = 1_000;
/// How many ticks a lagging consumer takes at once, at most.
const MOST_TICKS: i64 = 1_024;

/// How many ticks are taken at once to begin with.
const FIRST_MERGE: i64 = 64;
/// How long a window should take at the most.
const LONG: Duration = Duration::from_secs(1);
/// How long a checkpoint may stand behind windows that held nothing for the consumer. Read again, they hold nothing.
const BEHIND: Duration = Duration::from_millis(250);

/// A part of a consumer, on its way through the log.
pub(super) struct Follower<'a> {
    consumer: &'a dyn Consumer,
    store: &'a PgEventStore,
    feed: Option<Feed>,
    part: Part,
    checkpoint: Checkpoint,
    /// The tick looked at, which the checkpoint follows after a while when nothing was to be done.
    seen: i64,
    kept_at: Instant,
    /// How many ticks to take at once: more while windows are small, fewer when they are large.
    merge: i64,
}

/// What became of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stepped {
    /// The checkpoint moved.
    On,
    /// Nothing is new.
    Idle,
    /// Somebody else owns the checkpoint.
    Lost,
}

/// How one try at a window went.
enum Tried {
    Done {
        events: i64,
        effects: usize,
    },
    Lost,
    /// An event failed: the whole window is to be done again with care.
    Failed,
}

impl<'a> Follower<'a> {
    /// A follower that goes on from its checkpoint.
    pub fn new(consumer: &'a dyn Consumer, store: &'a PgEventStore, part: Part, checkpoint: Checkpoint) -> Self {
        let (seen, kept_at) = (checkpoint.tick, Instant::now());
        Self { consumer, store, feed: None, part, checkpoint, seen, kept_at, merge: FIRST_MERGE }
    }

    /// That it hears from a feed what it need not look at.
    pub fn hearing(self, feed: Feed) -> Self {
        Self { feed: Some(feed), ..self }
    }

    /// The tick looked at.
    pub fn seen(&self) -> i64 {
        self.seen
    }

    /// The tick its checkpoint stands at.
    pub fn kept(&self) -> i64 {
        self.checkpoint.tick
    }

    /// How long the checkpoint may stand where it is; none when it stands where everything was looked at.
    pub fn may_wait(&self) -> Option<Duration> {
        (self.checkpoint.tick < self.seen).then(|| BEHIND.saturating_sub(self.kept_at.elapsed()))
    }

    /// Takes the next window.
    pub async fn step(&mut self) -> Result<Stepped, ConsumeError> {
        if let Some(feed) = &self.feed {
            let passed = feed.nothing_until(self.seen, |kind| self.consumer.wants(kind));
            if passed > self.seen {
                self.seen = passed;
                if self.kept_at.elapsed() < BEHIND {
                    return Ok(Stepped::On);
                }
            }
            // Everything that is known of was looked at: what is asked for now and then is whether there is more.
            if self.seen >= feed.latest() && self.kept_at.elapsed() < BEHIND {
                return Ok(Stepped::Idle);
            }
        }
        let mut client = self.store.database().get().await?;
        let Some((window, kinds)) = Window::ahead(&client, self.seen, self.merge).await? else {
            return self.keep_up(&client).await.map(|owned| if owned { Stepped::Idle } else { Stepped::Lost });
        };
        if kinds.is_some_and(|kinds| !kinds.iter().any(|kind| self.consumer.wants(kind))) {
            self.seen = window.to.id;
            self.merge = (self.merge * 2).min(MOST_TICKS);
            let owned = self.kept_at.elapsed() < BEHIND || self.keep_up(&client).await?;
            return Ok(if owned { Stepped::On } else { Stepped::Lost });
        }
        let began = Instant::now();
        // With a savepoint around each event only when one is known to fail.
        let mut tried = self.attempt(&mut client, &window, false).await?;
        if matches!(tried, Tried::Failed) {
            tried = self.attempt(&mut client, &window, true).await?;
        }
        let (events, effects) = match tried {
            Tried::Done { events, effects } => (events, effects),
            Tried::Lost => return Ok(Stepped::Lost),
            Tried::Failed => {
                return Err(ConsumeError::Unavailable("a failure could not be set aside".into()));
            }
        };
        self.now_kept(window.to.id);
        self.merge = match events {
            // What is slow for each event takes fewer at once: nobody is helped by a long transaction.
            _ if began.elapsed() > LONG => (self.merge / 4).max(1),
            ..PAGE => (self.merge * 2).min(MOST_TICKS),
            PAGE..5_000 => self.merge,
            _ => (self.merge / 4).max(1),
        };
        if effects > 0 {
            drop(client);
            self.consumer.committed().await;
        }
        Ok(Stepped::On)
    }

    /// Brings the checkpoint up to what was looked at. `false` when somebody else owns it by now.
    async fn keep_up(&mut self, client: &deadpool_postgres::Object) -> Result<bool, ConsumeError> {
        let (name, part, seen) = (self.consumer.name(), self.part.index, self.seen);
        let moved = self.checkpoint.tick == seen || self.checkpoint.advance(client, name, part, seen, true).await?;
        if moved {
            self.now_kept(seen);
        }
        Ok(moved)
    }

    /// The checkpoint stands here now.
    fn now_kept(&mut self, tick: i64) {
        self.checkpoint.tick = tick;
        self.seen = tick;
        self.kept_at = Instant::now();
    }

    async fn attempt(
        &self,
        client: &mut deadpool_postgres::Object,
        window: &Window,
        careful: bool,
    ) -> Result<Tried, ConsumeError> {
        let (name, part) = (self.consumer.name(), self.part.index);
        let mut tx = client.transaction().await?;
        if !self.checkpoint.hold(&tx, name, part).await? {
            return Ok(Tried::Lost);
        }
        let (mut waiting, mut page) =
            try_join!(parking::waiting(&tx, name, part), window.page(&tx, self.part, 0, PAGE))?;
        let (mut events, mut effects) = (0, 0);
        while let Some(last) = page.last_seq() {
            let keys = page.keys(self.store.codec(), |kind| self.consumer.wants(kind)).await?;
            for entry in page.entries() {
                events += 1;
                if !self.consumer.wants(entry.event_type()) {
                    continue;
                }
                effects += 1;
                if waiting.contains(&entry.unit()) {
                    parking::park(&tx, name, part, &entry, None).await?;
                } else if careful {
                    self.handle_with_care(&mut tx, &mut waiting, &entry, &keys).await?;
                } else {
                    match handle(self.consumer, &tx, &entry, &keys).await {
                        Ok(()) => {}
                        Err(ConsumeError::Poison(_)) => {
                            tx.rollback().await?;
                            return Ok(Tried::Failed);
                        }
                        Err(unavailable) => return Err(unavailable),
                    }
                }
            }
            if !page.more {
                break;
            }
            page = window.page(&tx, self.part, last, PAGE).await?;
        }
        let lazily = effects == 0 || self.consumer.at_leisure();
        if !self.checkpoint.advance(&tx, name, part, window.to.id, lazily).await? {
            return Ok(Tried::Lost);
        }
        tx.commit().await?;
        Ok(Tried::Done { events, effects })
    }

    /// Handles an event within a savepoint; parks it when it fails.
    async fn handle_with_care(
        &self,
        tx: &mut deadpool_postgres::Transaction<'_>,
        waiting: &mut HashSet<Uuid>,
        entry: &Entry<'_>,
        keys: &Keys,
    ) -> Result<(), ConsumeError> {
        let savepoint = tx.savepoint("event").await?;
        match handle(self.consumer, &savepoint, entry, keys).await {
            Ok(()) => Ok(savepoint.commit().await?),
            Err(ConsumeError::Poison(error)) => {
                savepoint.rollback().await?;
                let (stream, version) = entry.place();
                tracing::error!(
                    consumer = self.consumer.name(), event.id = %format_args!("{stream}:{version}"), error,
                    "an event cannot be handled: its patient waits at this consumer until it is replayed"
                );
                waiting.insert(entry.unit());
                Ok(parking::park(tx, self.consumer.name(), self.part.index, entry, Some(&error)).await?)
            }
            Err(unavailable) => Err(unavailable),
        }
    }
}

/// Decodes and handles an event. A panic is the event's failure, not the process's.
pub(super) async fn handle(
    consumer: &dyn Consumer,
    tx: &deadpool_postgres::Transaction<'_>,
    entry: &Entry<'_>,
    keys: &Keys,
) -> Result<(), ConsumeError> {
    let event = match entry.decode(keys) {
        Decoded::Event(event) => event,
        Decoded::Erased => return Ok(()),
        Decoded::Damaged(error) => return Err(StoreError::into(error)),
    };
    let handled = AssertUnwindSafe(consumer.handle(tx, &event)).catch_unwind().await;
    handled.unwrap_or_else(|_| Err(ConsumeError::Poison("handling it panicked".into())))
}
