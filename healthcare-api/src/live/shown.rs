//! Whose data a live connection has shown: each patient is an entry of the audit trail, before the first word of them.

use std::collections::HashSet;

use futures::future::try_join_all;
use healthcare_application::{
    App, Call, Permission, StoreError,
    audit::{Entry, Receipt},
};
use healthcare_domain::id::PatientId;

/// The patients of whom a connection has sent something.
#[derive(Debug, Default)]
pub struct Shown(HashSet<PatientId>);

impl Shown {
    /// Records those of whom nothing was sent yet. To be awaited before something is.
    ///
    /// # Errors
    /// When it could not be recorded: then nothing may be sent.
    pub async fn record(
        &mut self,
        app: &App,
        call: &Call,
        patients: impl IntoIterator<Item = PatientId>,
    ) -> Result<(), StoreError> {
        let new: HashSet<PatientId> = patients.into_iter().filter(|patient| !self.0.contains(patient)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let now = app.clock.now();
        let entry = |patient: &PatientId| Entry::of(call, Permission::ReadLive, Some(*patient), now);
        let receipts: Vec<Receipt> = new.iter().map(|patient| app.audit.record(entry(patient))).collect();
        try_join_all(receipts.iter().map(Receipt::recorded)).await?;
        self.0.extend(new);
        Ok(())
    }
}
