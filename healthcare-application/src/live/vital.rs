//! The newest value of a sign.

use chrono::{DateTime, Utc};
use healthcare_domain::id::{DeviceId, PatientId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The newest value of one sign of one patient, or of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiveVital {
    /// Whose.
    pub patient_id: PatientId,
    /// What: a LOINC code, or the name of a score, e.g. `news2`.
    #[schema(example = "59408-5")]
    pub code: String,
    /// How much.
    pub value: LiveValue,
    /// In which unit (UCUM), where it has one.
    #[schema(example = "%")]
    pub unit: Option<String>,
    /// When it was measured.
    pub measured_at: DateTime<Utc>,
    /// By which device.
    pub device_id: Option<DeviceId>,
    /// Whether it lies outside of what is usual, or is of doubtful quality.
    pub flagged: bool,
}

/// A value that is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum LiveValue {
    /// A measured number.
    Number(f64),
    /// A coded value, e.g. consciousness `A`.
    Text(String),
}
