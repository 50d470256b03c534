//! The plans of a patient.

use healthcare_domain::id::PatientId;

use super::PlanFilter;
use crate::{
    App, QueryError,
    access::{Call, Permission},
    read::{Page, Paging},
};

/// A page of a patient's plans, those that another system keeps included.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_plans(
    app: &App,
    call: &Call,
    patient: PatientId,
    filter: PlanFilter,
    page: Paging,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    Ok(app.read.plans(&permit, patient, &filter, &page).await?)
}
