//! What makes the holder of a permit accountable: its entry, and whether that is recorded.

use std::sync::{Arc, OnceLock};

use futures::future::try_join_all;
use healthcare_domain::id::PatientId;

use super::{AuditTrail, Entry, Receipt};
use crate::{
    access::{ByGrant, Permission},
    store::StoreError,
};

/// The entry of a permit, recorded once however often it is used. Cheap to clone.
#[derive(Clone)]
pub struct Accountable(Arc<State>);

struct State {
    trail: Arc<dyn AuditTrail>,
    entry: Entry,
    way: Way,
    by_grant: ByGrant,
    receipt: OnceLock<Receipt>,
}

/// How a use of the permit becomes known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is for reading: the entry is on its way from the beginning.
    Reading,
    /// It is for writing: the entry goes with what is written, and alone where something is read and nothing written.
    Writing,
    /// The system reads on its own, nobody sees it. What it writes, it writes with an entry.
    Unseen,
}

impl Accountable {
    /// Sends the entry of what is read on its way; that of what is written waits for its transaction.
    pub fn begin(
        trail: Arc<dyn AuditTrail>,
        entry: Entry,
        permission: Permission,
        system: bool,
        by_grant: ByGrant,
    ) -> Self {
        let way = match permission {
            _ if system => Way::Unseen,
            _ if reads(permission) => Way::Reading,
            _ => Way::Writing,
        };
        let account = Self(Arc::new(State { trail, entry, way, by_grant, receipt: OnceLock::new() }));
        if way == Way::Reading {
            account.receipt();
        }
        account
    }

    /// What is recorded.
    pub fn entry(&self) -> &Entry {
        &self.0.entry
    }

    /// Makes sure that what is read is recorded.
    ///
    /// # Errors
    /// When it could not be.
    pub async fn recorded(&self) -> Result<(), StoreError> {
        match self.0.way {
            Way::Unseen => Ok(()),
            Way::Reading | Way::Writing => Ok(self.receipt().recorded().await?),
        }
    }

    /// Makes sure that it is recorded of each of these patients that they were shown; of whom a break-glass grant alone
    /// lets the call see, as read under that.
    ///
    /// # Errors
    /// When it could not be.
    pub async fn recorded_of(&self, patients: impl IntoIterator<Item = PatientId>) -> Result<(), StoreError> {
        if self.0.way == Way::Unseen {
            return Ok(());
        }
        let mut patients: Vec<PatientId> =
            patients.into_iter().filter(|patient| Some(*patient) != self.entry().patient).collect();
        patients.sort_unstable();
        patients.dedup();
        let entries = patients.into_iter().map(|patient| {
            let entry = self.shown().about(Some(patient));
            if self.0.by_grant.has(patient) { entry.under_a_grant() } else { entry }
        });
        // Before any is awaited, so that they leave together.
        let receipts: Vec<Receipt> = entries.map(|entry| self.0.trail.record(entry)).collect();
        self.recorded().await?;
        try_join_all(receipts.iter().map(Receipt::recorded)).await?;
        Ok(())
    }

    /// Makes sure that what a permit for reading opens is recorded; what one for writing opens is recorded with what is
    /// written, or refused.
    ///
    /// # Errors
    /// When it could not be.
    pub async fn disclosed(&self) -> Result<(), StoreError> {
        match self.0.way {
            Way::Reading => self.recorded().await,
            Way::Writing | Way::Unseen => Ok(()),
        }
    }

    /// What is recorded where something is shown and nothing written.
    fn shown(&self) -> Entry {
        match self.0.way {
            Way::Writing => Entry { note: Some("nothing written".into()), ..self.0.entry.clone() },
            Way::Reading | Way::Unseen => self.0.entry.clone(),
        }
    }

    fn receipt(&self) -> &Receipt {
        self.0.receipt.get_or_init(|| self.0.trail.record(self.shown()))
    }
}

impl std::fmt::Debug for Accountable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accountable").field("request", &self.0.entry.request).field("way", &self.0.way).finish()
    }
}

/// Whether a permission is for reading alone.
fn reads(permission: Permission) -> bool {
    use Permission as P;
    matches!(
        permission,
        P::ReadDirectory
            | P::ReadChart
            | P::ExportRecord
            | P::ReadLive
            | P::ReadAudit
            | P::ReadReports
            | P::ReadRuleMetrics
            | P::OperateSystem
            | P::ReadSchedules
            | P::ReadWards
            | P::ReadAppointments
            | P::ReadTemplates
            | P::ReadInbox
    )
}
