//! Visits of one patient, of a ward, of the house.

use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
    read::{Page, Paging},
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
