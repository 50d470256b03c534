//! One patient's demographics.

use healthcare_domain::id::PatientId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    view::{Kind, Row},
};

/// The demographics of a patient.
///
/// # Errors
/// When the caller may not, there is no such patient, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn get_patient(app: &App, call: &Call, patient: PatientId) -> Result<Row, QueryError> {
    let permission = if call.actor.patient.is_some() { Permission::ReadChart } else { Permission::ReadDirectory };
    let permit = app.authorise(call, permission, Some(patient)).await?;
    let sealed = app.read.entry(Kind::Patient, patient.0).await?.ok_or(QueryError::NotFound)?;
    Ok(sealed.open(&permit).await?)
}
