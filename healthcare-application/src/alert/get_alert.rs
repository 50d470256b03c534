//! One alert.

use healthcare_domain::id::AlertId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    view::{Kind, Row},
};

/// An alert with its state: who was told, who answered.
///
/// # Errors
/// When the caller may not, there is no such alert, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(alert.id = %alert))]
pub async fn get_alert(app: &App, call: &Call, alert: AlertId) -> Result<Row, QueryError> {
    let sealed = app.read.entry(Kind::Alert, alert.0).await?;
    let permit = app.authorise(call, Permission::ReadChart, sealed.as_ref().and_then(|found| found.patient())).await?;
    Ok(sealed.ok_or(QueryError::NotFound)?.open(&permit).await?)
}
