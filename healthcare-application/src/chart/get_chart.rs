//! The chart, as it is or as it was known on an earlier day.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;

use super::{Chart, DevicesTold, assemble, rows_known};
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit},
    decision::ShownVia,
    telemetry::{ReadingsKnown, readings_then},
};

/// The chart as it is put together for a reader. Of an earlier day with what devices had sent by then, as far as that is kept.
pub(super) async fn shown(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Chart, QueryError> {
    let Some(then) = as_of else {
        let rows = app.read.chart(permit, patient).await?;
        return assemble(rows, None, app.clock.now()).ok_or(QueryError::NotFound);
    };
    let mut rows = rows_known(app, permit, patient, then).await?;
    let ReadingsKnown { kept_since, rows: readings } = readings_then(app, permit, patient, then).await?;
    rows.extend(readings);
    let mut chart = assemble(rows, as_of, app.clock.now()).ok_or(QueryError::NotFound)?;
    chart.latest_vitals.devices = Some(DevicesTold { told: then >= kept_since, readings_since: kept_since });
    Ok(chart)
}

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
    let chart = shown(app, &permit, patient, as_of).await?;
    if as_of.is_none() {
        app.shown_views(call, &chart.suggestions.items, ShownVia::Chart);
    }
    Ok(chart)
}
