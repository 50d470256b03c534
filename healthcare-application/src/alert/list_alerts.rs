//! Alerts of all patients, or of one.

use chrono::{DateTime, Utc};
use healthcare_domain::{alert::Priority, id::PatientId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
    chart::{in_order, rows_known},
    read::{Page, Paging},
    view::{Kind, Row},
};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlertStatus {
    /// Nobody has answered.
    Active,
    /// Somebody answers for it.
    Acknowledged,
    /// It is over.
    Cleared,
}

impl AlertStatus {
    /// The name it is stored and listed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Acknowledged => "acknowledged",
            Self::Cleared => "cleared",
        }
    }
}

/// Which alerts to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Only those of this priority.
    pub priority: Option<Priority>,
    /// Only those that stand here.
    pub status: Option<AlertStatus>,
    /// Only those of this patient.
    pub patient: Option<PatientId>,
}

/// A page of alerts by when they were raised. A patient's own account must name its patient.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_alerts(app: &App, call: &Call, filter: AlertFilter, page: Paging) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, filter.patient).await?;
    let circle = match filter.patient {
        Some(patient) => Circle::Only([patient].into()),
        None => app.circle(call, Permission::ReadChart).await?,
    };
    Ok(app.read.alerts(&permit, &circle, &filter, &page).await?)
}

/// A page of the alerts of one patient as they were known then.
///
/// # Errors
/// As [`list_alerts`].
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_alerts_known(
    app: &App,
    call: &Call,
    (patient, filter): (PatientId, AlertFilter),
    page: Paging,
    then: DateTime<Utc>,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let known = rows_known(app, &permit, patient, then).await?;
    let rows = in_order(known, |row| takes(&filter, row), &page);
    Ok(Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?)
}

/// Whether a row of one patient's record is one of the alerts that are asked for.
fn takes(filter: &AlertFilter, row: &Row) -> bool {
    /// What of an alert's view is filtered by.
    #[derive(Deserialize)]
    struct Seen {
        status: AlertStatus,
        priority: Priority,
    }
    let AlertFilter { priority, status, patient: _ } = filter;
    row.kind == Kind::Alert
        && serde_json::from_str::<Seen>(&row.body).is_ok_and(|seen| {
            priority.is_none_or(|asked| asked == seen.priority) && status.is_none_or(|asked| asked == seen.status)
        })
}
