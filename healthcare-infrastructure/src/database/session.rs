//! A connection outside of the pool, for what lives as long as a session: LISTEN, advisory locks, the ticker.

use futures::{StreamExt, stream::poll_fn};
use healthcare_application::StoreError;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client};

use super::{Database, unavailable};

/// How many notifications wait unread. They are hints: what does not fit is left out, and a poll finds it.
const WAITING: usize = 64;

/// A session of the pool's role. It ends when the client is dropped.
pub struct Session {
    /// The connection.
    pub client: Client,
    /// The payloads of the notifications it listens to. Ends with the session.
    pub notices: mpsc::Receiver<String>,
}

impl Database {
    /// Opens a session of its own. It needs a server, or a pooler that keeps sessions, at the other end.
    ///
    /// # Errors
    /// When the database does not let us in.
    pub async fn session(&self) -> Result<Session, StoreError> {
        let (client, mut connection) = self.config.connect(tokio_postgres::NoTls).await.map_err(unavailable)?;
        let (to, notices) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let mut messages = poll_fn(move |cx| connection.poll_message(cx));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(notice) = message {
                    let _left_out_when_full = to.try_send(notice.payload().to_owned());
                }
            }
        });
        Ok(Session { client, notices })
    }
}
