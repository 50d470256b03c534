//! The short memory of several nodes, in Redis.

use std::{sync::Arc, time::Duration};

use redis::{AsyncCommands, Client, Script, aio::ConnectionManager};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::OnceCell, time::timeout};

use super::{PATIENCE, SharedError};

/// Counts and sets the end of the window with the first one, in one step.
const COUNT: &str = "local n = redis.call('INCRBY', KEYS[1], ARGV[2])
if n == tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n";

#[derive(Clone)]
pub(super) struct Remote {
    client: Client,
    connection: Arc<OnceCell<ConnectionManager>>,
}

impl Remote {
    pub(super) fn new(url: &SecretString) -> Result<Self, SharedError> {
        // The error may quote the URL, which can hold a password.
        let client =
            Client::open(url.expose_secret()).map_err(|_| SharedError::Url("redis://host:port is expected".into()))?;
        Ok(Self { client, connection: Arc::new(OnceCell::new()) })
    }

    /// A connection that makes itself anew when it breaks.
    async fn connection(&self) -> Result<ConnectionManager, SharedError> {
        let made = self.connection.get_or_try_init(|| ConnectionManager::new(self.client.clone()));
        made.await.cloned().map_err(|_| SharedError::Unavailable)
    }

    /// Runs one exchange, not waiting longer than [`PATIENCE`].
    async fn ask<T>(
        &self,
        exchange: impl AsyncFnOnce(&mut ConnectionManager) -> redis::RedisResult<T>,
    ) -> Result<T, SharedError> {
        let answered = timeout(PATIENCE, async {
            let mut connection = self.connection().await?;
            exchange(&mut connection).await.map_err(|_| SharedError::Unavailable)
        });
        answered.await.map_err(|_| SharedError::Unavailable)?
    }

    pub(super) async fn count(&self, key: &str, more: u64, window: Duration) -> Result<u64, SharedError> {
        let millis = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        let script = Script::new(COUNT);
        self.ask(async |redis| script.key(named(key)).arg(millis).arg(more).invoke_async(redis).await).await
    }

    pub(super) async fn forget(&self, key: &str) -> Result<(), SharedError> {
        self.ask(async |redis| redis.del::<_, ()>((named(key), holding(key))).await).await
    }

    pub(super) async fn hold(&self, key: &str, lives: Duration) -> Result<(), SharedError> {
        let millis = u64::try_from(lives.as_millis()).unwrap_or(u64::MAX).max(1);
        self.ask(async |redis| redis.pset_ex::<_, _, ()>(holding(key), 1, millis).await).await
    }

    pub(super) async fn held(&self, key: &str) -> Result<Option<Duration>, SharedError> {
        let left: i64 = self.ask(async |redis| redis.pttl(holding(key)).await).await?;
        Ok(u64::try_from(left).ok().filter(|left| *left > 0).map(Duration::from_millis))
    }

    pub(super) async fn put(&self, key: &str, value: &str, lives: Duration) -> Result<(), SharedError> {
        let seconds = lives.as_secs().max(1);
        self.ask(async |redis| redis.set_ex::<_, _, ()>(named(key), value, seconds).await).await
    }

    pub(super) async fn take(&self, key: &str) -> Result<Option<String>, SharedError> {
        self.ask(async |redis| redis.get_del(named(key)).await).await
    }

    pub(super) async fn answers(&self) -> bool {
        let pong = self.ask(async |redis| redis::cmd("PING").query_async::<String>(redis).await);
        pong.await.is_ok()
    }
}

/// The key that holds another.
fn holding(key: &str) -> String {
    named(&format!("hold:{key}"))
}

/// Our keys among others'.
fn named(key: &str) -> String {
    format!("healthcare:{key}")
}
