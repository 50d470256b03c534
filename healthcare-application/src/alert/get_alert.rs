//! One alert.

use chrono::{DateTime, Utc};
use healthcare_domain::id::AlertId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    view::{Kind, Row},
};

/// An alert with its state: who was told, who answered.
///
/// # Errors
/// When the caller may not, there is no such alert, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(alert.id = %alert))]
pub async fn get_alert(
    app: &App,
    call: &Call,
    alert: AlertId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Alert, alert.0), as_of).await
}
