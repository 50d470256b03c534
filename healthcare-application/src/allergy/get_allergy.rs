//! One allergy.

use chrono::{DateTime, Utc};
use healthcare_domain::id::AllergyId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    view::{Kind, Row},
};

/// An allergy.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(allergy.id = %id))]
pub async fn get_allergy(
    app: &App,
    call: &Call,
    id: AllergyId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Allergy, id.0), as_of).await
}
