//! Import of FHIR R4: files, Bundles and NDJSON become events of the record.
//!
//! A reader thread hands units of resources over a bounded channel; batches of several hundred are held against what is
//! known ([`plan`]) and stored in a transaction each ([`store`]). The same again adds nothing; what has changed at its
//! source amends; what cannot be taken is reported with its place and reason, and the rest goes on.

mod identity;
mod key;
mod load;
mod names;
mod number;
mod person;
mod piece;
mod plan;
mod report;
mod run;
mod source;
mod store;

pub use report::{Counts, ImportReport, Refusal};
pub use run::{ImportStopped, Progress, run, run_bytes};

use std::sync::Arc;

use healthcare_application::{Call, Permission, Permit, clock::Clock, store::Meta};

use healthcare_domain::patient::MrnScheme;

use crate::event_store::PgEventStore;

/// What an import works with.
#[derive(Clone)]
pub struct ImportContext {
    /// Where it stores.
    store: PgEventStore,
    /// The time, and new identities.
    clock: Arc<dyn Clock>,
    /// The namespace of ids, when the operator names the source; see [`key`] for what holds without one.
    source: Option<String>,
    /// Kept with every event.
    meta: Meta,
    /// How patients of the house are numbered.
    mrn: Option<MrnScheme>,
}

impl ImportContext {
    /// An import for who may import. `None` when the permit is for something else.
    ///
    /// `source` names the system the files come from: what it calls by the same id is then the same, in every run, and
    /// nothing of any other source ever is.
    pub fn new(
        store: PgEventStore,
        clock: Arc<dyn Clock>,
        permit: &Permit,
        call: &Call,
        source: Option<String>,
    ) -> Option<Self> {
        let permitted = permit.permission() == Permission::ImportRecords;
        permitted.then(|| Self { store, clock, source, meta: Meta::of(call), mrn: None })
    }

    /// The same in a house that numbers its patients: what it gave them stays theirs, and who comes without gets one where
    /// the house wants it.
    #[must_use]
    pub fn numbering(self, mrn: Option<MrnScheme>) -> Self {
        Self { mrn, ..self }
    }
}
