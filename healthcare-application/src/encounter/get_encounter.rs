//! One visit or stay.

use chrono::{DateTime, Utc};
use healthcare_domain::id::EncounterId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    view::{Kind, Row},
};

/// An encounter.
///
/// # Errors
/// When the caller may not, there is no such encounter, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %encounter))]
pub async fn get_encounter(
    app: &App,
    call: &Call,
    encounter: EncounterId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Encounter, encounter.0), as_of).await
}
