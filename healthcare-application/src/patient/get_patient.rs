//! One patient's demographics.

use healthcare_domain::id::PatientId;

use super::directory_entry;
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit, Unauthorised},
    view::{Kind, Row},
};

/// The demographics of a patient; to who may read the directory and has no care relationship, what the directory
/// shows of them.
///
/// # Errors
/// When the caller may not, there is no such patient, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn get_patient(app: &App, call: &Call, patient: PatientId) -> Result<Row, QueryError> {
    // Both questions leave together; what is read stays sealed until the permit is there.
    let reading = app.read.entry(Kind::Patient, patient.0);
    let (sealed, permit) = futures::future::join(reading, permit_of(app, call, patient)).await;
    let permit = permit?;
    let row = sealed?.ok_or(QueryError::NotFound)?.open(&permit).await?;
    let whole = permit.permission() == Permission::ReadChart;
    Ok(if whole { row } else { Row { body: directory_entry(&row.body)?.get().to_owned(), ..row } })
}

/// The record, or what the directory shows of it.
async fn permit_of(app: &App, call: &Call, patient: PatientId) -> Result<Permit, Unauthorised> {
    if call.actor.patient.is_some() {
        return app.authorise(call, Permission::ReadChart, Some(patient)).await;
    }
    app.authorise_or(call, Permission::ReadChart, Permission::ReadDirectory, Some(patient)).await
}
