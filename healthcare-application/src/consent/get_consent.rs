//! One consent.

use chrono::{DateTime, Utc};
use healthcare_domain::id::ConsentId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    view::{Kind, Row},
};

/// What was consented to, or refused; with `as_of`, as it was known then.
///
/// # Errors
/// When the caller may not, there is none (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(consent.id = %id))]
pub async fn get_consent(
    app: &App,
    call: &Call,
    id: ConsentId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Consent, id.0), as_of).await
}
