//! One reader of the outbox a process, and a bounded queue to each who follows it.

use std::{sync::Arc, time::Duration};

use healthcare_application::{
    StoreError,
    live::{Audience, Notification},
};
use secrecy::SecretString;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::{LiveVitals, outbox};
use crate::database::{Database, signal};

/// How many notifications wait for a follower before it counts as too slow.
const QUEUE: usize = 1024;
/// How many are read at once.
const BATCH: i64 = 256;
/// How often it looks without having been woken.
const LOOK: Duration = Duration::from_secs(1);
/// How long the reader waits for the slowest follower before it goes on without it.
const PATIENCE: Duration = Duration::from_millis(300);

/// A notification and to whom it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What is told.
    pub notification: Notification,
    /// To whom.
    pub audience: Vec<Audience>,
}

/// Where followers get what is told, and the vitals. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    db: Database,
    queue: broadcast::Sender<Arc<Told>>,
    reading: watch::Sender<bool>,
    vitals: LiveVitals,
    stop: CancellationToken,
}

impl Hub {
    /// A hub over this pool. Nothing is read until [`Hub::run`].
    pub fn new(db: Database, vitals: LiveVitals, stop: CancellationToken) -> Self {
        Self { db, queue: broadcast::channel(QUEUE).0, reading: watch::Sender::new(false), vitals, stop }
    }

    /// The newest vitals.
    pub fn vitals(&self) -> &LiveVitals {
        &self.vitals
    }

    /// The pool it reads from.
    pub fn database(&self) -> &Database {
        &self.db
    }

    /// Cancelled when the process ends.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// All that is told from now on. To miss nothing since a position, follow first and read the outbox behind that
    /// position then: what is in both is known by its position.
    pub async fn follow(&self) -> broadcast::Receiver<Arc<Told>> {
        let queue = self.queue.subscribe();
        // Until the reader knows where it begins, something could be told that is in neither. The sender lives in self.
        let mut reading = self.reading.subscribe();
        let _closed = reading.wait_for(|reading| *reading).await.is_err();
        queue
    }

    /// Reads the outbox and fans it out, until the process ends. `url` is the application's, for the session that waits
    /// for wake-ups.
    pub async fn run(self, url: SecretString) {
        let told = signal(url, &["live"], self.stop.clone());
        let mut position = None;
        while !self.stop.is_cancelled() {
            let went_on = self.read(&mut position).await;
            if let Err(error) = &went_on {
                tracing::error!(error = %error, "the outbox cannot be read; it is tried again");
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = told.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Fans out all that is behind `position`; learns where to begin when that is not known yet.
    async fn read(&self, position: &mut Option<i64>) -> Result<(), StoreError> {
        let mut at = match *position {
            Some(at) => at,
            None => outbox::head(&self.db).await?,
        };
        *position = Some(at);
        self.reading.send_replace(true);
        loop {
            let batch = outbox::behind(&self.db, at, BATCH).await?;
            if batch.is_empty() {
                return Ok(());
            }
            self.wait_for_followers(batch.len()).await;
            for told in batch {
                at = told.notification.position;
                *position = Some(at);
                // No followers is no failure.
                let _followers = self.queue.send(Arc::new(told));
            }
        }
    }

    /// A burst is no reason to lose a follower that keeps up; one that does not is not waited for long.
    async fn wait_for_followers(&self, coming: usize) {
        let room = async {
            while self.queue.len() + coming > QUEUE {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let _too_slow = tokio::time::timeout(PATIENCE, room).await;
    }
}
