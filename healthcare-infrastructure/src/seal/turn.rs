//! Whose turn it is to seal: one in the whole site, whoever locks a view that only the sealer's role may lock. An advisory
//! lock is anybody's to take, also for who may do nothing else in the database, and would stop the sealing without a word.

use healthcare_application::StoreError;
use tokio_postgres::Client;

use crate::database::{Database, Session, sqlstate, unavailable};

/// Such a lock lasts as long as a transaction, which here does nothing else: it has no number and no snapshot, so
/// that it holds up neither the log's readers nor what clears away old rows.
const ENDLESS: &str = "set idle_in_transaction_session_timeout = 0";
/// Against each other, not against who reads (e.g. a backup); and nobody clears away the old rows of a view, who would wait.
const LOCK: &str = "lock table seal.whose_turn in share row exclusive mode nowait";
/// Somebody else has it.
const NOT_AVAILABLE: &str = "55P03";

/// The turn, as long as its session lasts.
pub(super) struct Turn {
    client: Client,
}

impl Turn {
    /// Takes it; none while another session has it.
    pub(super) async fn take(db: &Database) -> Result<Option<Self>, StoreError> {
        let Session { client, .. } = db.session().await?;
        client.batch_execute(ENDLESS).await.map_err(unavailable)?;
        client.batch_execute("begin").await.map_err(unavailable)?;
        match client.batch_execute(LOCK).await {
            Ok(()) => Ok(Some(Self { client })),
            Err(error) if sqlstate(&error) == Some(NOT_AVAILABLE) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Whether its session lasts.
    pub(super) fn is_held(&self) -> bool {
        !self.client.is_closed()
    }
}
