//! One order of medication.

use chrono::{DateTime, Utc};
use healthcare_domain::id::MedicationOrderId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    view::{Kind, Row},
};

/// An order of medication; with `as_of`, as it was known then.
///
/// # Errors
/// When the caller may not, there is none (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(order.id = %id))]
pub async fn get_medication_order(
    app: &App,
    call: &Call,
    id: MedicationOrderId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Medication, id.0), as_of).await
}
