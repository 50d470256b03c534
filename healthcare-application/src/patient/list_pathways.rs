//! The pathways of the house.

use healthcare_domain::patient::Pathway;

use crate::{
    App, QueryError,
    access::{Call, Permission},
};

/// The pathways with their stages, in the order the house has them.
///
/// # Errors
/// When the caller may not, or that cannot be recorded.
#[tracing::instrument(skip_all)]
pub async fn list_pathways(app: &App, call: &Call) -> Result<Vec<Pathway>, QueryError> {
    let permit = app.authorise(call, Permission::ReadDirectory, None).await?;
    permit.recorded().await?;
    Ok(app.patients.pathways.all().to_vec())
}
