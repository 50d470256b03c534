//! The lists behind the chart's sections.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde_json::value::RawValue;

use super::{assemble::is_put_off, in_order, rows_known};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    decision::ShownVia,
    read::{EntryFilter, Page, Paging},
    view::{Kind, Row},
};

/// A page of one kind of a patient's entries. With `as_of`, of the record as it was known then.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient, kind = filter.kind.as_str()))]
pub async fn list_entries(
    app: &App,
    call: &Call,
    patient: PatientId,
    mut filter: EntryFilter,
    page: Paging,
    as_of: Option<DateTime<Utc>>,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let moment = as_of.unwrap_or_else(|| app.clock.now());
    match (filter.kind, filter.status.as_deref()) {
        (Kind::Suggestion, Some("open")) => filter.put_off = Some((false, moment)),
        (Kind::Suggestion, Some("snoozed")) => {
            (filter.put_off, filter.status) = (Some((true, moment)), Some("open".to_owned()));
        }
        _ => {}
    }
    let Some(then) = as_of else {
        let page = app.read.entries(&permit, patient, &filter, &page).await?;
        if filter.kind == Kind::Suggestion {
            app.shown_views(call, &page.items, ShownVia::List);
        }
        return Ok(page);
    };
    let known = rows_known(app, &permit, patient, then).await?;
    let rows = in_order(known, |row| is_listed(row, &filter), &page);
    Ok(Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?)
}

pub(crate) fn is_listed(row: &Row, filter: &EntryFilter) -> bool {
    row.kind == filter.kind
        && filter.active.is_none_or(|active| row.active == active)
        && filter.code.as_ref().is_none_or(|code| row.code.as_ref() == Some(code))
        && filter.from.is_none_or(|from| row.at >= from)
        && filter.until.is_none_or(|until| row.at < until)
        && filter.status.as_ref().is_none_or(|status| says(row, "status", status))
        && filter.verification.as_ref().is_none_or(|verification| says(row, "verification", verification))
        && filter.put_off.is_none_or(|(put_off, at)| is_put_off(row, at) == put_off)
        && filter.encounter.is_none_or(|visit| says(row, "encounter", &visit.to_string()))
}

/// Whether an entry, or what it holds, says this.
fn says(row: &Row, field: &str, value: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(&row.body)
        .is_ok_and(|body| body[field] == value || body["content"][field] == value)
}
