//! One patient's demographics.

use chrono::{DateTime, Utc};
use healthcare_domain::{StreamType, id::PatientId};

use super::directory_entry;
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit, Sealed, Unauthorised},
    chart::row_known,
    store::StoreError,
    view::{Kind, Row},
};

/// The demographics of a patient; to who may read the directory and has no care relationship, what the directory
/// shows of them. With `as_of`, as the hospital knew them then: what they were called before is for who may open the chart.
///
/// # Errors
/// When the caller may not, there is no such patient (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn get_patient(
    app: &App,
    call: &Call,
    patient: PatientId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    // Both questions leave together; what is read stays sealed until the permit is there.
    let reading = read(app, patient, as_of);
    let (sealed, permit) = futures::future::join(reading, permit_of(app, call, patient, as_of)).await;
    let permit = permit?;
    let row = sealed?.open(&permit).await?.ok_or(QueryError::NotFound)?;
    let whole = permit.permission() == Permission::ReadChart;
    Ok(if whole { row } else { Row { body: directory_entry(&row.body)?.get().to_owned(), ..row } })
}

/// The row, as it is or as it was known; none where there is no such patient (by then).
async fn read(app: &App, patient: PatientId, as_of: Option<DateTime<Utc>>) -> Result<Sealed<Option<Row>>, StoreError> {
    let Some(then) = as_of else {
        let found = app.read.entry(Kind::Patient, patient.0).await?;
        return found.map_or_else(|| Ok(Sealed::of(None, None)), |row| row.try_map(|row| Ok(Some(row))));
    };
    let sealed = app.store.load(StreamType::Patient, patient.0).await?;
    let holder = sealed.patient();
    sealed.try_map(|events| Ok(row_known(&events, &[Kind::Patient], holder, then)))
}

/// The record, or what the directory shows of it; the directory is of today.
async fn permit_of(
    app: &App,
    call: &Call,
    patient: PatientId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Permit, Unauthorised> {
    if call.actor.patient.is_some() || as_of.is_some() {
        return app.authorise(call, Permission::ReadChart, Some(patient)).await;
    }
    app.authorise_or(call, Permission::ReadChart, Permission::ReadDirectory, Some(patient)).await
}
