//! One window of a consumer: its effects and its checkpoint in one transaction.

use std::{collections::HashSet, panic::AssertUnwindSafe};

use futures::FutureExt;
use healthcare_application::StoreError;
use uuid::Uuid;

use super::{
    checkpoint::Checkpoint,
    consumer::{ConsumeError, Consumer},
    parking,
    window::{Decoded, Entry, Part, Window},
};
use crate::event_store::{Keys, PgEventStore};

/// How many events are held at once.
const PAGE: i64 = 1_000;
/// How many ticks a lagging consumer takes at once, at most.
const MOST_TICKS: i64 = 1_024;

/// A part of a consumer, on its way through the log.
pub(super) struct Follower<'a> {
    pub consumer: &'a dyn Consumer,
    pub store: &'a PgEventStore,
    pub part: Part,
    pub checkpoint: Checkpoint,
    /// How many ticks to take at once: more while windows are small, fewer when they are large.
    pub merge: i64,
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

impl Follower<'_> {
    /// Takes the next window.
    pub async fn step(&mut self) -> Result<Stepped, ConsumeError> {
        let mut client = self.store.database().get().await?;
        let Some(window) = Window::after(&client, self.checkpoint.tick, self.merge).await? else {
            return Ok(Stepped::Idle);
        };
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
        self.checkpoint.tick = window.to.id;
        self.merge = match events {
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
        let mut waiting = parking::waiting(&tx, name, part).await?;
        let (mut after, mut events, mut effects) = (0, 0, 0);
        loop {
            let page = window.page(&tx, self.part, after, PAGE).await?;
            let Some(last) = page.last_seq() else { break };
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
            after = last;
        }
        if !self.checkpoint.advance(&tx, name, part, window.to.id, effects == 0).await? {
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
