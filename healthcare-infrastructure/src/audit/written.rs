//! What the trail says of a commit, in the commit's own transaction.

use std::collections::BTreeSet;

use healthcare_application::{
    access::Purpose,
    audit::{Entry, Fields, Outcome},
    clock::Clock as _,
    store::Commit,
};
use healthcare_domain::id::PatientId;

use super::insert;
use crate::{clock::SystemClock, projection::Statement};

/// One insert for the entries of all commits; none where nothing happens.
pub fn written(commits: &[Commit]) -> Option<Statement> {
    let entries: Vec<Entry> = commits.iter().flat_map(entries).collect();
    (!entries.is_empty()).then(|| insert(entries))
}

/// An entry for each patient whom a commit is about; one where it is about nobody's.
fn entries(commit: &Commit) -> Vec<Entry> {
    let subject = commit.changes.first().map(|change| change.id);
    let Some(entry) = commit.meta.entry.as_deref().cloned().or_else(|| of_meta(commit)) else { return vec![] };
    let entry = Entry { subject, ..entry };
    let of_changes = commit.changes.iter().filter_map(|change| change.patient);
    let judged = commit.evaluations.iter().map(|evaluation| evaluation.patient);
    let patients: BTreeSet<PatientId> = of_changes.chain(judged).collect();
    if patients.is_empty() {
        return vec![entry];
    }
    patients.into_iter().map(|patient| entry.clone().about(Some(patient))).collect()
}

/// The entry of what workers store without a permit: timers, relays. The event says what was done.
fn of_meta(commit: &Commit) -> Option<Entry> {
    let first = commit.changes.iter().find_map(|change| change.events.first())?;
    let meta = &commit.meta;
    Some(Entry {
        // When it was done here: an import brings what was known long before.
        at: SystemClock.now(),
        actor: meta.actor,
        role: meta.role.clone().into(),
        session: None,
        address: None,
        purpose: Purpose::Operations.as_str().into(),
        action: first.event.kind().into(),
        resource: None,
        fields: Fields::Clinical,
        patient: None,
        subject: None,
        outcome: Outcome::Allowed,
        reason: None,
        request: meta.request,
        note: None,
    })
}
