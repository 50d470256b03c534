//! The lists behind the chart's sections.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde_json::value::RawValue;

use super::{newest_first, rows_known};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    read::{EntryFilter, Page, Paging},
    view::Row,
};

/// A page of one kind of a patient's entries, newest first. With `as_of`, of the record as it was known then.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient, kind = filter.kind.as_str()))]
pub async fn list_entries(
    app: &App,
    call: &Call,
    patient: PatientId,
    filter: EntryFilter,
    page: Paging,
    as_of: Option<DateTime<Utc>>,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let Some(then) = as_of else {
        return Ok(app.read.entries(&permit, patient, &filter, &page).await?);
    };
    let known = rows_known(app, &permit, patient, then).await?;
    let rows = newest_first(known, |row| is_listed(row, &filter), &page);
    Ok(Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?)
}

fn is_listed(row: &Row, filter: &EntryFilter) -> bool {
    row.kind == filter.kind
        && filter.active.is_none_or(|active| row.active == active)
        && filter.code.as_ref().is_none_or(|code| row.code.as_ref() == Some(code))
}
