//! The port to the trail, and the receipt that stands between a read and its answer.

use async_trait::async_trait;
use futures::{FutureExt, future::Shared};
use tokio::sync::oneshot;

use super::{AuditFilter, AuditPaging, Entry, LogPage};
use crate::{access::Permit, store::StoreError};

/// Where entries are recorded.
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// Takes an entry and begins to record it, without waiting. Whoever answers awaits the receipt first.
    fn record(&self, entry: Entry) -> Receipt;

    /// A page of the trail: any of it for who may read it, one patient's for a permit of that patient.
    async fn search(&self, permit: &Permit, filter: &AuditFilter, paging: &AuditPaging) -> Result<LogPage, StoreError>;
}

/// An entry was not recorded, or nobody knows: what it was about must not be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unrecorded {
    /// More entries wait than the trail takes.
    #[error("the audit trail is overloaded")]
    Overloaded,
    /// The database did not take it.
    #[error("the audit trail cannot be written")]
    Failed,
}

impl From<Unrecorded> for StoreError {
    fn from(unrecorded: Unrecorded) -> Self {
        Self::Unavailable(Box::new(unrecorded))
    }
}

/// That an entry is on its way; resolves once it is durable. Cheap to clone: all clones tell the same.
#[derive(Debug, Clone)]
pub struct Receipt(Shared<oneshot::Receiver<Result<(), Unrecorded>>>);

impl Receipt {
    /// A receipt, and what settles it. Dropped unsettled it has failed.
    pub fn pending() -> (oneshot::Sender<Result<(), Unrecorded>>, Self) {
        let (settle, settled) = oneshot::channel();
        (settle, Self(settled.shared()))
    }

    /// A receipt that is settled already.
    pub fn settled(outcome: Result<(), Unrecorded>) -> Self {
        let (settle, receipt) = Self::pending();
        // Its other half is held by the receipt.
        let _ = settle.send(outcome);
        receipt
    }

    /// Waits until the entry is durable.
    ///
    /// # Errors
    /// When it could not be recorded. What it is about must then not be answered.
    pub async fn recorded(&self) -> Result<(), Unrecorded> {
        self.0.clone().await.unwrap_or(Err(Unrecorded::Failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_clone_of_a_receipt_tells_the_same() {
        let (settle, receipt) = Receipt::pending();
        let other = receipt.clone();
        settle.send(Ok(())).unwrap();
        assert_eq!((receipt.recorded().await, other.recorded().await), (Ok(()), Ok(())));
        assert_eq!(Receipt::settled(Err(Unrecorded::Overloaded)).recorded().await, Err(Unrecorded::Overloaded));
    }

    #[tokio::test]
    async fn an_entry_that_was_lost_on_the_way_has_failed() {
        let (settle, receipt) = Receipt::pending();
        drop(settle);
        assert_eq!(receipt.recorded().await, Err(Unrecorded::Failed));
    }
}
