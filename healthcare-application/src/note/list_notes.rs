//! The notes of a patient.

use healthcare_domain::id::PatientId;

use super::NoteFilter;
use crate::{
    App, QueryError,
    access::{Call, Permission},
    read::{Page, Paging},
};

/// A page of a patient's notes in brief: those that were signed, and one's own drafts.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_notes(
    app: &App,
    call: &Call,
    patient: PatientId,
    filter: NoteFilter,
    page: Paging,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    Ok(app.read.notes(&permit, &call.actor, &filter, &page).await?)
}
