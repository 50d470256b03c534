//! A whole record, to be taken elsewhere.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use healthcare_domain::{AnyState, StreamType, entry::Beside, id::PatientId};
use uuid::Uuid;

use super::{Folded, fold};
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit},
    store::StoreError,
    view::Of,
};

/// The kinds of stream that may belong to nobody and that a record may refer to: who cared, where, and what was kept whole, such
/// as a location.
const SHARED: [StreamType; 3] = [StreamType::Practitioner, StreamType::Organization, StreamType::ExternalRecord];

/// The record of a patient, or as it was known then. What leaves the house needs a second factor shown within five
/// minutes, except for the patient themself.
///
/// # Errors
/// When the caller may not, has not stepped up, there is no such patient (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn export_record(
    app: &App,
    call: &Call,
    patient: PatientId,
    as_of: Option<DateTime<Utc>>,
) -> Result<(Permit, Vec<Folded>), QueryError> {
    app.ensure_stepped_up(call, Permission::ExportRecord, Some(patient)).await?;
    let permit = app.authorise(call, Permission::ExportRecord, Some(patient)).await?;
    let streams = fold(app, &permit, patient, as_of.unwrap_or_else(|| app.clock.now())).await?;
    if !streams.iter().any(|folded| matches!(folded.state, AnyState::Patient(_))) {
        return Err(QueryError::NotFound);
    }
    Ok((permit, streams))
}

/// Of the streams that a record refers to, those that belong to nobody, each with what is kept beside it. What is another
/// patient's is not theirs to take along.
///
/// # Errors
/// When the record cannot be reached.
pub async fn shared_streams(app: &App, permit: &Permit, ids: BTreeSet<Uuid>) -> Result<Vec<Folded>, StoreError> {
    let mut shared = vec![];
    for id in ids {
        for stream in SHARED {
            let Some(found) = of_nobody(app, permit, stream, id).await? else { continue };
            shared.push(found);
            shared.extend(of_nobody(app, permit, StreamType::ExternalRecord, Beside::of_nobody(id).0).await?);
            break;
        }
    }
    Ok(shared)
}

/// A stream that belongs to nobody; none where there is none of that kind, or it is a patient's.
async fn of_nobody(app: &App, permit: &Permit, stream: StreamType, id: Uuid) -> Result<Option<Folded>, StoreError> {
    let sealed = app.store.load(stream, id).await?;
    if sealed.patient().is_some() {
        return Ok(None);
    }
    let events = sealed.open(permit).await?;
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(None) };
    let of = Of { id, version: last.version, patient: None, at: last.occurred_at };
    let mut state = AnyState::empty(stream);
    for one in &events {
        state.apply(&one.event);
    }
    Ok(Some(Folded { state, of, known_at: Some(first.known_at), changed_at: last.recorded_at }))
}
