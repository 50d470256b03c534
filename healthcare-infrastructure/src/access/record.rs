//! What happens to an account beside its secrets, in one transaction with them.

use deadpool_postgres::Transaction;
use healthcare_application::{
    StoreError,
    store::{Change, Commit, Committed, Meta, NewEvent},
};
use healthcare_domain::{
    EventSourced, StreamType,
    account::{Account, AccountError, AccountEvent},
    id::AccountId,
};

use super::Access;
use crate::{
    database::unavailable,
    event_store::{Keys, append_in, stream},
};

/// Why nothing was stored about an account.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The account is not so that it could be.
    #[error(transparent)]
    Refused(#[from] AccountError),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Access {
    /// Decides on an account and stores what was decided, inside a transaction that changes its secrets too. Answers
    /// the state after it. Until the transaction ends nobody else decides on the account or opens a session of it.
    pub(super) async fn record(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
        meta: Meta,
        decide: impl FnOnce(&Account) -> Result<Vec<AccountEvent>, AccountError>,
    ) -> Result<Account, RecordError> {
        lock(tx, account).await?;
        let mut state = Account::default();
        let mut version = 0;
        for recorded in stream(tx, self.store.codec(), StreamType::Account, account.0).await? {
            let event = AccountEvent::try_from(recorded.event).map_err(|e| StoreError::Damaged(Box::new(e)))?;
            state.apply(&event);
            version = recorded.version;
        }
        let events = decide(&state)?;
        if events.is_empty() {
            return Ok(state);
        }
        events.iter().for_each(|event| state.apply(event));
        let now = self.clock.now();
        let after = version + i32::try_from(events.len()).unwrap_or(i32::MAX);
        let new = |event: AccountEvent| NewEvent { event: event.into(), occurred_at: now, known_at: now };
        let change = Change {
            id: account.0,
            patient: None,
            expected: version,
            events: events.into_iter().map(new).collect(),
            state: state.clone().into(),
            source: None,
        };
        let commit = Commit {
            changes: vec![change],
            meta,
            idempotency: None,
            committed: Committed { id: account.0, version: after, extra: None, replayed: false },
            safety: vec![],
            evaluations: vec![],
        };
        append_in(tx, &Keys::new(), &commit).await?;
        Ok(state)
    }
}

/// Locks the row of an account, where there is one, until the transaction ends.
pub(super) async fn lock(tx: &Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    let lock = "select from auth.account where id = $1 for no key update";
    tx.query_opt(lock, &[&account.0]).await.map(|_| ()).map_err(unavailable)
}
