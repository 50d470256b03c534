//! When the values that were found came on record, or were corrected there.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    DomainEvent, StreamType,
    observation::{Observation, ObservationEvent},
};
use healthcare_dss::{Evaluation, Explanation};
use uuid::Uuid;

use crate::{App, access::Permit, read::SafetyFacts, store::StoreError, view::Kind};

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
    let findings = evaluation.findings();
    let mut corrected = HashMap::new();
    // What has one event alone was never corrected, and what comes from elsewhere has an identity without a moment.
    let untold = read.rows.iter().filter(|row| row.version > 1 || row.id.get_timestamp().is_none());
    let observations = untold.filter(|row| matches!(row.kind, Kind::Laboratory | Kind::Observation | Kind::Vital));
    for row in observations.filter(|row| findings.iter().any(|finding| stands_on(&finding.explanation, row.id))) {
        let events = app.store.load(StreamType::Observation, row.id).await?.open(permit).await?;
        let mut known: Option<&Observation> = None;
        for recorded in &events {
            let DomainEvent::Observation(
                ObservationEvent::ObservationRecorded { observation, .. }
                | ObservationEvent::ObservationAmended { observation },
            ) = &recorded.event
            else {
                continue;
            };
            // A status, a range or a visit that is put right tells nobody another value.
            if known.is_none_or(|before| !says_the_same(before, observation)) {
                corrected.insert(row.id, recorded.recorded_at);
            }
            known = Some(observation);
        }
    }
    Ok(corrected)
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
