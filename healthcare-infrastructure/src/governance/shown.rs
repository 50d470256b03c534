//! `decision.shown`: who saw a suggestion first and where, written down in groups, beside the answer.

use std::time::Duration;

use chrono::{DateTime, Utc};
use healthcare_application::{
    Call, StoreError,
    decision::{Shown, ShownVia},
};
use healthcare_domain::id::AccountId;
use moka::sync::Cache;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use uuid::Uuid;

use crate::database::{Database, unavailable};

/// How many notes may wait; when more come, they are dropped and that is said.
const WAITING: usize = 10_000;
/// How many are written at once.
const AT_ONCE: usize = 500;
/// How often writing is tried again.
const TRIES: usize = 5;
/// Who saw what, as remembered: nothing is written twice.
const REMEMBERED: u64 = 200_000;

struct Note {
    suggestion: Uuid,
    account: Uuid,
    role: &'static str,
    via: &'static str,
    at: DateTime<Utc>,
}

/// The log. Cheap to clone; it is written by a task of its own.
#[derive(Clone)]
pub(crate) struct ShownLog {
    notes: Sender<Note>,
    seen: Cache<(Uuid, Uuid), ()>,
}

impl ShownLog {
    /// A log over this pool. To be made within a runtime.
    pub(crate) fn start(db: Database) -> Self {
        let (notes, waiting) = channel(WAITING);
        tokio::spawn(write_all(db, waiting));
        Self { notes, seen: Cache::new(REMEMBERED) }
    }

    /// Notes that suggestions were shown to whoever called. The system sees nothing.
    pub(crate) fn note(&self, call: &Call, suggestions: &[Uuid], (via, at): (ShownVia, DateTime<Utc>)) {
        if call.actor.system {
            return;
        }
        let account = call.actor.account.0;
        for suggestion in suggestions {
            if self.seen.contains_key(&(*suggestion, account)) {
                continue;
            }
            let note = Note { suggestion: *suggestion, account, role: call.actor.role.as_str(), via: via.as_str(), at };
            match self.notes.try_send(note) {
                Ok(()) => self.seen.insert((*suggestion, account), ()),
                Err(TrySendError::Full(_)) => tracing::warn!("too much is shown at once to note all of it"),
                Err(TrySendError::Closed(_)) => {}
            }
        }
    }
}

async fn write_all(db: Database, mut waiting: Receiver<Note>) {
    let mut group = Vec::with_capacity(AT_ONCE);
    while waiting.recv_many(&mut group, AT_ONCE).await > 0 {
        for attempt in 1..=TRIES {
            match write(&db, &group).await {
                Ok(()) => break,
                Err(error) if attempt == TRIES => {
                    tracing::error!(%error, notes = group.len(), "it could not be noted what was shown");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(200 * attempt as u64)).await,
            }
        }
        group.clear();
    }
}

async fn write(db: &Database, group: &[Note]) -> Result<(), StoreError> {
    let suggestions: Vec<Uuid> = group.iter().map(|note| note.suggestion).collect();
    let accounts: Vec<Uuid> = group.iter().map(|note| note.account).collect();
    let roles: Vec<&str> = group.iter().map(|note| note.role).collect();
    let via: Vec<&str> = group.iter().map(|note| note.via).collect();
    let at: Vec<DateTime<Utc>> = group.iter().map(|note| note.at).collect();
    let client = db.get().await?;
    let sql = "with noted as (
            insert into decision.shown (suggestion_id, account_id, role, via, first_at)
            select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
            on conflict do nothing returning suggestion_id, role, first_at),
        first as (select distinct on (suggestion_id) * from noted order by suggestion_id, first_at)
        update governance.firing f set shown_at = first.first_at, shown_role = first.role
        from first where f.id = first.suggestion_id and f.via = 'suggestion' and f.shown_at is null";
    let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
    client.execute(&statement, &[&suggestions, &accounts, &roles, &via, &at]).await.map_err(unavailable)?;
    Ok(())
}

/// To whom a suggestion was shown, in order.
pub(crate) async fn shown_to(db: &Database, suggestion: Uuid) -> Result<Vec<Shown>, StoreError> {
    let client = db.get().await?;
    let sql = "select account_id, role, via, first_at from decision.shown where suggestion_id = $1
        order by first_at, account_id";
    let rows = client.query(sql, &[&suggestion]).await.map_err(unavailable)?;
    let shown = |row: &tokio_postgres::Row| Shown {
        account: AccountId(row.get(0)),
        role: row.get(1),
        via: row.get(2),
        first_at: row.get(3),
    };
    Ok(rows.iter().map(shown).collect())
}
