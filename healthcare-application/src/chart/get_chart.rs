//! The chart, as it is or as it was known on an earlier day.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;

use super::{Chart, assemble, rows_known};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    decision::ShownVia,
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
        Some(then) => rows_known(app, &permit, patient, then).await?,
    };
    let chart = assemble(shown, as_of, app.clock.now()).ok_or(QueryError::NotFound)?;
    if as_of.is_none() {
        app.shown_views(call, &chart.suggestions.items, ShownVia::Chart);
    }
    Ok(chart)
}
