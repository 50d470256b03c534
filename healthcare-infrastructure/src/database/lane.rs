//! A session a thread, for the shortest reads: requests of one thread share it, their selects follow each other without
//! waiting, and no thread waits for another one's. What takes longer than a lookup belongs on a connection of the pool:
//! in a lane it would hold up all behind it.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    thread::{self, ThreadId},
    time::Duration,
};

use healthcare_application::StoreError;
use tokio::{sync::OnceCell, time::timeout};
use tokio_postgres::{Client, NoTls, Row, Statement, types::ToSql};

use super::{Database, together::Groups, unavailable};

/// How long a session may take to open, and a lookup to be answered.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The lanes of a database, one for each thread that has read.
pub(super) type Lanes = Arc<RwLock<HashMap<ThreadId, Arc<OnceCell<Lane>>>>>;

/// A session that is shared. Never a transaction: others' statements would fall into it.
pub(super) struct Lane {
    pub(super) client: Client,
    prepared: RwLock<HashMap<&'static str, Statement>>,
    /// Who asks together by one statement.
    pub(super) groups: Groups,
}

impl Database {
    /// Looks one row up by a statement that an index answers at once.
    ///
    /// # Errors
    /// When the database does not answer, or with more than one row.
    pub async fn look_up(&self, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, StoreError> {
        let asking = async {
            let lane = self.lane();
            let lane = lane.get_or_try_init(|| Lane::open(self)).await?;
            let statement = lane.prepare(sql).await?;
            lane.client.query_opt(&statement, params).await
        };
        match timeout(PATIENCE, asking).await {
            Ok(answer) => answer.map_err(unavailable),
            Err(elapsed) => Err(unavailable(elapsed)),
        }
    }

    /// The lane of this thread; a new one when the last one's session has ended.
    pub(super) fn lane(&self) -> Arc<OnceCell<Lane>> {
        let thread = thread::current().id();
        let is_open = |cell: &Arc<OnceCell<Lane>>| cell.get().is_none_or(|lane| !lane.client.is_closed());
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = lanes.get(&thread).filter(|cell| is_open(cell)) {
            return cell.clone();
        }
        drop(lanes);
        let mut lanes = self.lanes.write().unwrap_or_else(PoisonError::into_inner);
        // With a thread's runtime its session has ended too.
        lanes.retain(|_, cell| is_open(cell));
        lanes.entry(thread).or_default().clone()
    }
}

impl Lane {
    pub(super) async fn open(db: &Database) -> Result<Self, tokio_postgres::Error> {
        let (client, connection) = db.config.connect(NoTls).await?;
        // Its end shows as an error at the client.
        tokio::spawn(connection);
        Ok(Self { client, prepared: RwLock::default(), groups: Groups::default() })
    }

    pub(super) async fn prepare(&self, sql: &'static str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.prepared.read().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        match known {
            Some(statement) => Ok(statement),
            None => {
                let statement = self.client.prepare(sql).await?;
                self.prepared.write().unwrap_or_else(PoisonError::into_inner).insert(sql, statement.clone());
                Ok(statement)
            }
        }
    }
}
