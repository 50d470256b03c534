//! Alerts of all patients, or of one.

use healthcare_domain::{alert::Priority, id::PatientId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
    read::{Page, Paging},
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
