//! The lists behind the chart's sections.

use healthcare_domain::id::PatientId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    read::{EntryFilter, Page, Paging},
};

/// A page of one kind of a patient's entries, newest first.
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
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    Ok(app.read.entries(&permit, patient, &filter, &page).await?)
}
