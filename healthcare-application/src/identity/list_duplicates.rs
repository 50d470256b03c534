//! The queue of pairs that may be one person.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use healthcare_domain::{id::PatientId, patient::matching::Grade};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::model::{DuplicateFilter, QueuedPair};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    patient::directory_entry,
};

/// A page of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicatePage {
    /// The pairs.
    pub items: Vec<Duplicate>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// Two registrations that may be one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicate {
    /// The two, as the directory shows them.
    #[schema(value_type = Vec<Object>, min_items = 2, max_items = 2)]
    pub patients: [Box<RawValue>; 2],
    /// The probability that they are one person, 0 to 1.
    #[schema(example = 0.9987)]
    pub score: f64,
    /// What it amounts to.
    pub grade: Grade,
    /// Why, in words; the weightiest first.
    pub reasons: Vec<String>,
    /// When they were found.
    pub found_at: DateTime<Utc>,
}

/// A page of the pairs that nobody has decided on. A pair with somebody very restricted is for who stands close enough, or
/// labels records: that it stands in the queue, where, and how surely, tells of an address or a telephone number.
///
/// # Errors
/// When the caller may not read the directory, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_duplicates(app: &App, call: &Call, filter: DuplicateFilter) -> Result<DuplicatePage, QueryError> {
    let permit = app.authorise(call, Permission::ReadDirectory, None).await?;
    let filter = DuplicateFilter { without: app.kept_from(call).await?, ..filter };
    let mut pairs = app.read.duplicates(&permit, &filter).await?;
    let more = pairs.len() > usize::from(filter.limit);
    pairs.truncate(usize::from(filter.limit));
    let next_cursor = pairs.last().filter(|_| more).map(|pair| pair.place.to_string());
    let both = |pair: &QueuedPair| [PatientId(pair.place.pair.0), PatientId(pair.place.pair.1)];
    let named: BTreeSet<PatientId> = pairs.iter().flat_map(both).collect();
    permit.recorded_of(named).await?;
    let mut items = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let [one, other] = &pair.bodies;
        items.push(Duplicate {
            patients: [directory_entry(one)?, directory_entry(other)?],
            score: pair.score,
            grade: pair.grade,
            reasons: pair.reasons,
            found_at: pair.found_at,
        });
    }
    Ok(DuplicatePage { items, next_cursor })
}
