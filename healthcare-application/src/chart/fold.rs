//! A patient's record as it was known at a moment: all their streams, folded from the events known by then.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{AnyState, id::PatientId};
use uuid::Uuid;

use crate::{
    App,
    access::Permit,
    store::{Recorded, StoreError},
    view::{Kind, Of, Row, rows},
};

/// A stream of the record in the state that was known.
#[derive(Debug, Clone)]
pub struct Folded {
    /// Its state.
    pub state: AnyState,
    /// Which stream, at which version, about whom, when its last event happened.
    pub of: Of,
    /// When the hospital first knew of it, where its source told that.
    pub known_at: Option<DateTime<Utc>>,
    /// When it was last changed here.
    pub changed_at: DateTime<Utc>,
}

/// The streams of a patient as they were known by `known_by`.
///
/// # Errors
/// When the record cannot be reached or read.
pub async fn fold(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    known_by: DateTime<Utc>,
) -> Result<Vec<Folded>, StoreError> {
    let mut streams: BTreeMap<Uuid, Folded> = BTreeMap::new();
    for one in app.store.history(permit, patient, known_by).await? {
        let of = Of { id: one.stream_id, version: one.version, patient: one.patient, at: one.occurred_at };
        let folded = streams.entry(one.stream_id).or_insert_with(|| Folded {
            state: AnyState::empty(one.stream),
            of,
            known_at: told(&one),
            changed_at: one.recorded_at,
        });
        folded.state.apply(&one.event);
        (folded.of, folded.changed_at) = (of, one.recorded_at);
    }
    Ok(streams.into_values().collect())
}

/// The row of a stream that names its entry, one of these kinds, as it was known by then; none before anything was known of
/// it. `holder` is the patient whose record holds it now.
pub fn row_known(
    events: &[Recorded],
    kinds: &[Kind],
    holder: Option<PatientId>,
    known_by: DateTime<Utc>,
) -> Option<Row> {
    let known = || events.iter().filter(|one| one.known_at <= known_by);
    let last = known().next_back()?;
    let mut state = AnyState::empty(last.stream);
    for one in known() {
        state.apply(&one.event);
    }
    let of = Of { id: last.stream_id, version: last.version, patient: holder, at: last.occurred_at };
    rows(&state, of).into_iter().find(|row| kinds.contains(&row.kind) && row.item == 0)
}

/// When it was known, unless that had to be assumed.
fn told(one: &Recorded) -> Option<DateTime<Utc>> {
    let assumed = one.meta.source.as_ref().is_some_and(|source| source.known_at_assumed);
    (!assumed).then_some(one.known_at)
}

/// The rows of the record as it was known.
///
/// # Errors
/// As [`fold`].
pub async fn rows_known(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    known_by: DateTime<Utc>,
) -> Result<Vec<Row>, StoreError> {
    let streams = fold(app, permit, patient, known_by).await?;
    Ok(streams.iter().flat_map(|folded| rows(&folded.state, folded.of)).collect())
}
