//! Visits of one patient, of a ward, of the house.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
    chart::{in_order, rows_known},
    read::{Page, Paging},
    view::{Kind, Row},
    ward::EncounterFilter,
};

/// A page of visits. Of the house, those of the patients whom the caller may see.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_encounters(
    app: &App,
    call: &Call,
    filter: EncounterFilter,
    page: Paging,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, filter.patient).await?;
    let circle = match filter.patient {
        Some(patient) => Circle::Only([patient].into()),
        None => app.circle(call, Permission::ReadChart).await?,
    };
    Ok(app.read.encounters(&permit, &circle, &filter, &page).await?)
}

/// A page of the visits of one patient as they were known then.
///
/// # Errors
/// As [`list_encounters`].
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_encounters_known(
    app: &App,
    call: &Call,
    (patient, filter): (PatientId, EncounterFilter),
    page: Paging,
    then: DateTime<Utc>,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let known = rows_known(app, &permit, patient, then).await?;
    let rows = in_order(known, |row| takes(&filter, row), &page);
    Ok(Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?)
}

/// Whether a row of one patient's record is one of the visits that are asked for.
fn takes(filter: &EncounterFilter, row: &Row) -> bool {
    /// What of a visit's view is filtered by.
    #[derive(Deserialize)]
    struct Seen {
        status: String,
        #[serde(default)]
        ward: Option<String>,
    }
    let EncounterFilter { patient: _, ward, class, status, active, from, until } = filter;
    if row.kind != Kind::Encounter {
        return false;
    }
    let Ok(seen) = serde_json::from_str::<Seen>(&row.body) else { return false };
    ward.as_ref().is_none_or(|asked| seen.ward.as_ref() == Some(asked))
        && class.is_none_or(|asked| row.code.as_deref() == Some(asked.as_str()))
        && status.as_ref().is_none_or(|asked| *asked == seen.status)
        && active.is_none_or(|asked| asked == row.active)
        && from.is_none_or(|from| row.at >= from)
        && until.is_none_or(|until| row.at < until)
}
