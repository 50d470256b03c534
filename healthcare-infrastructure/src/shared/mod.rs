//! What the nodes of a site share for a short while: counters that limit, tickets that are used once. In process by
//! default, in Redis where several nodes serve. Nothing clinical is kept here, and nothing that could not be lost.

mod local;
mod network;
mod remote;

use std::time::Duration;

use local::Local;
pub use network::network;
use remote::Remote;
use secrecy::SecretString;

/// How long Redis is waited for before a counter is kept locally and a ticket is refused.
const PATIENCE: Duration = Duration::from_millis(200);

/// The short memory of a site. Cheap to clone.
#[derive(Clone)]
pub struct Shared {
    local: Local,
    remote: Option<Remote>,
}

/// The short memory could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// The URL cannot be read, or names nothing that speaks Redis.
    #[error("REDIS_URL cannot be used: {0}")]
    Url(String),
    /// Redis did not answer in time.
    #[error("Redis does not answer")]
    Unavailable,
}

impl Shared {
    /// In this process alone.
    pub fn local() -> Self {
        Self { local: Local::new(), remote: None }
    }

    /// Over Redis. It need not answer yet: counters are kept locally until it does.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn over(url: &SecretString) -> Result<Self, SharedError> {
        Ok(Self { local: Local::new(), remote: Some(Remote::new(url)?) })
    }

    /// Counts one more of `key` and answers how many there were within the window that began with the first of them.
    /// Never fails: without Redis each node counts for itself.
    pub async fn count(&self, key: &str, window: Duration) -> u64 {
        if let Some(remote) = &self.remote {
            match remote.count(key, 1, window).await {
                Ok(count) => return count,
                Err(_) => metrics::counter!("healthcare_shared_fallbacks_total").increment(1),
            }
        }
        self.local.count(key, window)
    }

    /// Whether nodes share it.
    pub fn is_shared(&self) -> bool {
        self.remote.is_some()
    }

    /// Adds to what all nodes counted of `key` and answers how many that are within the window; none where nodes share
    /// nothing, or what they share does not answer.
    pub async fn tally(&self, key: &str, more: u64, window: Duration) -> Option<u64> {
        self.remote.as_ref()?.count(key, more, window).await.ok()
    }

    /// Forgets a counter, and lets go of what is held.
    pub async fn forget(&self, key: &str) {
        self.local.forget(key);
        if let Some(remote) = &self.remote {
            // A counter that stays runs out by itself.
            remote.forget(key).await.ok();
        }
    }

    /// Holds `key` for a while. Never fails: without Redis each node holds for itself.
    pub async fn hold(&self, key: &str, lives: Duration) {
        if let Some(remote) = &self.remote {
            match remote.hold(key, lives).await {
                Ok(()) => return,
                Err(_) => metrics::counter!("healthcare_shared_fallbacks_total").increment(1),
            }
        }
        self.local.hold(key, lives);
    }

    /// For how long `key` is still held, if it is.
    pub async fn held(&self, key: &str) -> Option<Duration> {
        if let Some(remote) = &self.remote {
            match remote.held(key).await {
                Ok(left) => return left,
                Err(_) => metrics::counter!("healthcare_shared_fallbacks_total").increment(1),
            }
        }
        self.local.held(key)
    }

    /// Keeps a value for a while.
    ///
    /// # Errors
    /// When Redis is configured and does not answer.
    pub async fn put(&self, key: &str, value: &str, lives: Duration) -> Result<(), SharedError> {
        match &self.remote {
            Some(remote) => remote.put(key, value, lives).await,
            None => {
                self.local.put(key, value, lives);
                Ok(())
            }
        }
    }

    /// Takes a value away; only one taker gets it.
    ///
    /// # Errors
    /// When Redis is configured and does not answer: nothing is let in on a guess.
    pub async fn take(&self, key: &str) -> Result<Option<String>, SharedError> {
        match &self.remote {
            Some(remote) => remote.take(key).await,
            None => Ok(self.local.take(key)),
        }
    }

    /// Whether Redis answers, where it is configured.
    pub async fn answers(&self) -> Option<bool> {
        match &self.remote {
            Some(remote) => Some(remote.answers().await),
            None => None,
        }
    }
}
