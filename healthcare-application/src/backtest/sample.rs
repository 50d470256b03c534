//! Moments picked to be looked at. What is kept of one names no value of a patient: it is judged anew for who may read.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use healthcare_dss::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::report::Followed;

/// On which side of a comparison an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BacktestChange)]
pub enum Change {
    /// There is no baseline, or both say so.
    Same,
    /// The candidate alone.
    Added,
    /// The baseline alone.
    Removed,
}

/// A moment that was picked, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Its lot: those with the smallest are kept, so that no patient is likelier than another.
    pub draw: Uuid,
    /// Of whom.
    pub patient: PatientId,
    /// The moment.
    pub at: DateTime<Utc>,
    /// What asked.
    pub trigger: String,
    /// The identity of the finding.
    pub finding: Uuid,
    /// On which side.
    pub change: Change,
    /// What clinicians did.
    pub followed: Followed,
}

/// A moment that was picked, as it is shown. Who may not read the patient's chart sees neither who it is nor what was
/// found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownSample {
    /// Stands for the patient within this backtest, and for nobody outside of it.
    pub pseudonym: Uuid,
    /// The day of the moment.
    pub on: chrono::NaiveDate,
    /// What asked: an event type or a hook.
    pub trigger: String,
    /// On which side of the comparison.
    pub change: Change,
    /// What clinicians did within a day.
    pub followed: Followed,
    /// The patient, for who may read their chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The moment, for who may read their chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// What was found, with the tree of conditions; for who may read their chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// The tree in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}
