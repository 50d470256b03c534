//! Group commit of entries: the first leaves at once; those that come while it is on its way leave together with the
//! next. A flush costs the server much the same whether it holds one entry or a hundred.

use std::time::Duration;

use async_trait::async_trait;
use healthcare_application::{
    Permit, StoreError,
    audit::{AuditFilter, AuditPaging, AuditTrail, Entry, LogPage, Receipt, Unrecorded},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::timeout,
};
use tokio_postgres::Statement as Prepared;

use super::{
    answered,
    insert::{INSERT, insert},
    search::search,
};
use crate::database::{Database, Session, unavailable};

/// Entries that may wait; further ones are refused, and with them what they are about.
const WAITING: usize = 8_192;
/// Entries of one flush at the most.
const TOGETHER: usize = 1_024;
/// Flushes on their way at a time, each in a session of its own: while one waits for the disk the next is written.
const UNDER_WAY: usize = 2;
/// Entries that are worth a second flush beside the one under way. Fewer gather until that one is done: a flush of one
/// would only make the next one wait for the disk twice.
const ENOUGH: usize = 4;
/// How long a flush may take, the opening of its session included.
const PATIENCE: Duration = Duration::from_secs(5);

/// The trail over the record's database. Cheap to clone.
#[derive(Clone)]
pub struct PgAuditTrail {
    queue: mpsc::Sender<Waiting>,
    db: Database,
}

/// An entry, and who waits for it.
struct Waiting {
    entry: Entry,
    settle: oneshot::Sender<Result<(), Unrecorded>>,
}

/// A session that only inserts entries.
struct Lane {
    session: Session,
    insert: Prepared,
}

impl PgAuditTrail {
    /// Starts the task that records; it ends when nobody can hand it an entry any more. To be made within a runtime.
    pub fn start(db: Database) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(db.clone(), waiting));
        Self { queue, db }
    }
}

#[async_trait]
impl AuditTrail for PgAuditTrail {
    fn record(&self, entry: Entry) -> Receipt {
        let (settle, receipt) = Receipt::pending();
        match self.queue.try_send(Waiting { entry, settle }) {
            Ok(()) => receipt,
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("healthcare_audit_refused_total").increment(1);
                Receipt::settled(Err(Unrecorded::Overloaded))
            }
            Err(mpsc::error::TrySendError::Closed(_)) => Receipt::settled(Err(Unrecorded::Failed)),
        }
    }

    async fn search(&self, permit: &Permit, filter: &AuditFilter, paging: &AuditPaging) -> Result<LogPage, StoreError> {
        // Each search is planned for what it looks for: some indexes hold only what is rare.
        answered(permit, search(&self.db.guarded(), permit, filter, paging)).await
    }
}

/// Sends flushes on their way as others come to their end.
async fn run(db: Database, mut queue: mpsc::Receiver<Waiting>) {
    let mut lanes: Vec<Option<Lane>> = (0..UNDER_WAY).map(|_| None).collect();
    let mut under_way = JoinSet::new();
    let mut waiting = vec![];
    let mut open = true;
    while open || !waiting.is_empty() || !under_way.is_empty() {
        tokio::select! {
            Some(ended) = under_way.join_next() => lanes.push(ended.unwrap_or_default()),
            next = queue.recv(), if open && waiting.len() < TOGETHER => match next {
                Some(next) => waiting.push(next),
                None => open = false,
            },
        }
        while waiting.len() < TOGETHER
            && let Ok(next) = queue.try_recv()
        {
            waiting.push(next);
        }
        let leaves = under_way.is_empty() || waiting.len() >= ENOUGH;
        if !waiting.is_empty()
            && leaves
            && let Some(lane) = lanes.pop()
        {
            let (db, group) = (db.clone(), std::mem::take(&mut waiting));
            under_way.spawn(async move { flush(&db, lane, group).await });
        }
    }
}

/// Records a group and tells whoever waits. Answers the session, if it can still be used.
async fn flush(db: &Database, lane: Option<Lane>, group: Vec<Waiting>) -> Option<Lane> {
    let count = group.len();
    let (entries, waiting): (Vec<Entry>, Vec<_>) = group.into_iter().map(|one| (one.entry, one.settle)).unzip();
    let (lane, outcome) = match timeout(PATIENCE, write(db, lane, entries)).await {
        Ok(Ok(lane)) => (Some(lane), Ok(())),
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, count, "the audit trail cannot be written");
            (None, Err(Unrecorded::Failed))
        }
        Err(_) => {
            tracing::error!(count, "the audit trail was not written in time");
            (None, Err(Unrecorded::Failed))
        }
    };
    match outcome {
        Ok(()) => {
            metrics::counter!("healthcare_audit_entries_total").increment(count as u64);
            metrics::counter!("healthcare_audit_flushes_total").increment(1);
        }
        Err(_) => metrics::counter!("healthcare_audit_failed_total").increment(count as u64),
    }
    for settle in waiting {
        // Who has gone away is not told.
        let _ = settle.send(outcome);
    }
    lane
}

async fn write(db: &Database, lane: Option<Lane>, entries: Vec<Entry>) -> Result<Lane, StoreError> {
    let lane = match lane.filter(|lane| !lane.session.client.is_closed()) {
        Some(lane) => lane,
        None => {
            let session = db.session().await?;
            let insert = session.client.prepare(INSERT).await.map_err(unavailable)?;
            Lane { session, insert }
        }
    };
    let statement = insert(entries);
    lane.session.client.execute(&lane.insert, &statement.params()).await.map_err(unavailable)?;
    Ok(lane)
}
