//! Whose turn it is to seal: one in the whole site, whoever locks a table that only the sealer's role may lock. An advisory
//! lock is anybody's to take, also for who may do nothing else in the database, and would stop the sealing without a word.

use std::time::{Duration, Instant};

use healthcare_application::StoreError;
use tokio_postgres::Client;

use crate::database::{Database, Session, sqlstate, unavailable};

/// A lock of a table lasts as long as a transaction, which here does nothing else: it has no number and no snapshot, so
/// that it holds up neither the log's readers nor what clears away old rows.
const ENDLESS: &str = "set idle_in_transaction_session_timeout = 0";
/// Against each other, not against who reads (e.g. a backup).
const LOCK: &str = "lock table seal.turn in share row exclusive mode nowait";
/// It is let go and taken anew now and then: what freezes old rows needs every table once in a while.
const RENEWED_EVERY: Duration = Duration::from_secs(3_600);
/// Somebody else has it.
const NOT_AVAILABLE: &str = "55P03";

/// The turn, as long as its session lasts.
pub(super) struct Turn {
    client: Client,
    since: Instant,
}

impl Turn {
    /// Takes it; none while another session has it.
    pub(super) async fn take(db: &Database) -> Result<Option<Self>, StoreError> {
        let Session { client, .. } = db.session().await?;
        client.batch_execute(ENDLESS).await.map_err(unavailable)?;
        client.batch_execute("begin").await.map_err(unavailable)?;
        let turn = Self { client, since: Instant::now() };
        Ok(turn.lock().await?.then_some(turn))
    }

    /// Whether its session lasts.
    pub(super) fn is_held(&self) -> bool {
        !self.client.is_closed()
    }

    /// Whether it is still ours; from time to time it is put up for others first.
    pub(super) async fn renewed(&mut self) -> bool {
        if self.since.elapsed() < RENEWED_EVERY {
            return true;
        }
        self.since = Instant::now();
        let again = self.client.batch_execute("commit; begin").await.is_ok();
        again && self.lock().await.unwrap_or(false)
    }

    async fn lock(&self) -> Result<bool, StoreError> {
        match self.client.batch_execute(LOCK).await {
            Ok(()) => Ok(true),
            Err(error) if sqlstate(&error) == Some(NOT_AVAILABLE) => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }
}
