//! The timeline: a patient's entries of all kinds in one list.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{in_order, rows_known};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    read::{Page, Paging, TimelineFilter},
    view::{Kind, Row},
};

/// An entry in the timeline.
#[derive(Serialize)]
struct Moment<'a> {
    /// What kind of entry, e.g. `problem`.
    kind: &'static str,
    /// Where it stands in the timeline: the clinical time of the entry.
    at: DateTime<Utc>,
    /// The entry as its own list shows it.
    entry: &'a RawValue,
}

/// A page of the timeline. With `as_of`, of the record as it was known then.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn get_timeline(
    app: &App,
    call: &Call,
    patient: PatientId,
    filter: TimelineFilter,
    paging: Paging,
    as_of: Option<DateTime<Utc>>,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let rows = match as_of {
        None => app.read.timeline(&permit, patient, &filter, &paging).await?,
        Some(then) => {
            let known = rows_known(app, &permit, patient, then).await?;
            in_order(known, |row| is_shown(row, &filter), &paging)
        }
    };
    Ok(Page::of(rows, paging.limit, moment)?)
}

/// Whether a row stands in the timeline. A charted set stands there as one, not sign by sign; a draft is its author's.
fn is_shown(row: &Row, filter: &TimelineFilter) -> bool {
    row.item == 0
        && !matches!(row.kind, Kind::Patient | Kind::NoteDraft)
        && (filter.kinds.is_empty() || filter.kinds.contains(&row.kind))
        && filter.from.is_none_or(|from| row.at >= from)
        && filter.to.is_none_or(|to| row.at < to)
}

fn moment(row: &Row) -> serde_json::Result<Box<RawValue>> {
    to_raw_value(&Moment { kind: row.kind.as_str(), at: row.at, entry: serde_json::from_str(&row.body)? })
}
