//! Whose data a live connection has shown: each patient is an entry of the audit trail, before the first word of them.

use std::collections::HashMap;

use futures::future::try_join_all;
use healthcare_application::{
    App, Call, Permission, StoreError,
    audit::{Entry, Receipt},
};
use healthcare_domain::id::PatientId;

/// The patients of whom a connection has sent something, and whether a break-glass grant alone let it.
#[derive(Debug, Default)]
pub struct Shown(HashMap<PatientId, bool>);

impl Shown {
    /// Records those of whom nothing was sent yet, or not by the same right: a relationship, or a grant. To be awaited before
    /// something is.
    ///
    /// # Errors
    /// When it could not be recorded: then nothing may be sent.
    pub async fn record(
        &mut self,
        app: &App,
        call: &Call,
        patients: impl IntoIterator<Item = PatientId>,
    ) -> Result<(), StoreError> {
        let rights = patients.into_iter().map(|patient| (patient, call.by_grant.has(patient)));
        let new: HashMap<PatientId, bool> = rights.filter(|(patient, by)| self.0.get(patient) != Some(by)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let now = app.clock.now();
        let entry = |(patient, by_grant): (&PatientId, &bool)| {
            let entry = Entry::of(call, Permission::ReadLive, Some(*patient), now);
            if *by_grant { entry.under_a_grant() } else { entry }
        };
        let receipts: Vec<Receipt> = new.iter().map(|shown| app.audit.record(entry(shown))).collect();
        try_join_all(receipts.iter().map(Receipt::recorded)).await?;
        self.0.extend(new);
        Ok(())
    }
}
