//! The chart, as it is or as it was known on an earlier day.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{AnyState, id::PatientId};

use super::{Chart, assemble};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    view::{Of, rows},
};

/// The chart of a patient. With `as_of`, as the hospital knew it then: the fold of all that had `known_at` up to it.
///
/// # Errors
/// When the caller may not, there is no such patient (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn get_chart(
    app: &App,
    call: &Call,
    patient: PatientId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Chart, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let shown = match as_of {
        None => app.read.chart(&permit, patient).await?,
        Some(then) => {
            let mut streams: BTreeMap<_, (AnyState, Of)> = BTreeMap::new();
            for one in app.store.history(&permit, patient, then).await? {
                let of = Of { id: one.stream_id, version: one.version, patient: one.patient, at: one.occurred_at };
                let (state, at) = streams.entry(one.stream_id).or_insert_with(|| (AnyState::empty(one.stream), of));
                state.apply(&one.event);
                *at = of;
            }
            streams.values().flat_map(|(state, of)| rows(state, *of)).collect()
        }
    };
    assemble(shown, as_of).ok_or(QueryError::NotFound)
}
