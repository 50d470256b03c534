//! The directory.

use crate::{
    App, QueryError,
    access::{Call, Permission},
    read::{Page, PatientSearch},
};

/// A page of the patients that match.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn find_patients(app: &App, call: &Call, search: PatientSearch) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadDirectory, None).await?;
    Ok(app.read.patients(&permit, &search).await?)
}
