//! When the values that were found came on record, and when they were put right there.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    DomainEvent, StreamType,
    observation::{Observation, ObservationEvent},
};
use healthcare_dss::{Evaluation, Explanation, Finding};
use uuid::Uuid;

use crate::{
    App,
    access::Permit,
    read::SafetyFacts,
    store::{Recorded, StoreError},
    view::{Kind, Row},
};

/// When each observation that a finding stands on came on record or was corrected last, by its stream, where its identity
/// does not tell. A correction keeps the moment of the measurement, and whoever answered before did not know it.
///
/// # Errors
/// When the record cannot be reached.
pub(super) async fn corrected(
    app: &App,
    permit: &Permit,
    (read, evaluation): (&SafetyFacts, &Evaluation),
) -> Result<HashMap<Uuid, DateTime<Utc>>, StoreError> {
    let mut corrected = HashMap::new();
    // What has one event alone was never corrected, and what comes from elsewhere has an identity without a moment.
    let untold = |row: &&Row| row.version > 1 || row.id.get_timestamp().is_none();
    for row in observations(read, &evaluation.findings()).filter(untold) {
        let events = app.store.load(StreamType::Observation, row.id).await?.open(permit).await?;
        corrected.extend(moments(&events).last().map(|last| (row.id, last.recorded_at)));
    }
    Ok(corrected)
}

/// When each observation that these findings stand on was put right last, by its stream. Most never are.
///
/// # Errors
/// When the record cannot be reached.
pub(super) async fn put_right(
    app: &App,
    permit: &Permit,
    (read, findings): (&SafetyFacts, &[&Finding]),
) -> Result<HashMap<Uuid, DateTime<Utc>>, StoreError> {
    let mut put_right = HashMap::new();
    for row in observations(read, findings).filter(|row| row.version > 1) {
        let events = app.store.load(StreamType::Observation, row.id).await?.open(permit).await?;
        put_right.extend(moments(&events).skip(1).last().map(|last| (row.id, last.recorded_at)));
    }
    Ok(put_right)
}

/// Whether this event puts the value of an observation right, after what its stream said before.
pub(crate) fn puts_right(event: &Recorded, before: &[Recorded]) -> bool {
    let DomainEvent::Observation(ObservationEvent::ObservationAmended { observation: now }) = &event.event else {
        return false;
    };
    let of_stream = |one: &&Recorded| one.stream_id == event.stream_id && one.version < event.version;
    let said = before.iter().rev().filter(of_stream).find_map(observation);
    said.is_some_and(|before| !says_the_same(before, now))
}

/// The observations on record that the findings stand on.
fn observations<'a>(read: &'a SafetyFacts, findings: &[&Finding]) -> impl Iterator<Item = &'a Row> {
    let observed = |row: &&Row| matches!(row.kind, Kind::Laboratory | Kind::Observation | Kind::Vital);
    let found = |row: &&Row| findings.iter().any(|finding| stands_on(&finding.explanation, row.id));
    read.rows.iter().filter(observed).filter(found)
}

/// The events of a stream that told another value than before: the first, and each that put it right. A status, a range or
/// a visit that is put right tells nobody another value.
fn moments(events: &[Recorded]) -> impl Iterator<Item = &Recorded> {
    let mut known: Option<&Observation> = None;
    events.iter().filter(move |recorded| {
        let Some(observation) = observation(recorded) else { return false };
        known.replace(observation).is_none_or(|before| !says_the_same(before, observation))
    })
}

/// What an event says of an observation.
fn observation(recorded: &Recorded) -> Option<&Observation> {
    match &recorded.event {
        DomainEvent::Observation(
            ObservationEvent::ObservationRecorded { observation, .. }
            | ObservationEvent::ObservationAmended { observation },
        ) => Some(observation),
        _ => None,
    }
}

/// Whether two versions of an observation tell the same of the same moment.
fn says_the_same(one: &Observation, other: &Observation) -> bool {
    let says = |of: &Observation| (of.code.clone(), of.value.clone(), of.components.clone(), of.effective_at);
    says(one) == says(other)
}

fn stands_on(explanation: &Explanation, stream: Uuid) -> bool {
    explanation.observed.iter().any(|observed| observed.source.is_some_and(|source| source.stream == stream))
        || explanation.children.iter().any(|child| stands_on(child, stream))
}
