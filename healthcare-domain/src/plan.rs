//! Care plans, as they are known to the record.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    StreamType,
    code::CodeableConcept,
    entry::{Content, Entry},
    id::{EncounterId, PlanId},
    reference::{Identifier, Reference},
};

/// The stream of a care plan.
pub type CarePlanRecord = Entry<CarePlan>;

/// A plan of care (FHIR CarePlan).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CarePlan {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// What kind of plan.
    pub categories: Vec<CodeableConcept>,
    /// Its title.
    pub title: Option<String>,
    /// FHIR status: `draft`, `active`, `on-hold`, `revoked`, `completed`.
    pub status: String,
    /// `proposal`, `plan`, `order`.
    pub intent: String,
    /// When it starts.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The visit it came from.
    pub encounter: Option<EncounterId>,
    /// What it addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Reference>,
    /// What it aims at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<Reference>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<PlannedActivity>,
}

/// One thing a plan asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedActivity {
    /// What.
    pub code: CodeableConcept,
    /// FHIR CarePlan.activity.detail.status.
    pub status: String,
}

impl CarePlan {
    /// Whether it is being followed.
    pub fn is_active(&self) -> bool {
        matches!(self.status.as_str(), "active" | "on-hold")
    }
}

impl Content for CarePlan {
    type Id = PlanId;
    const STREAM: StreamType = StreamType::Plan;
    const FHIR: &'static str = "CarePlan";
    fn recorded_kind(&self) -> &'static str {
        "plan.activated"
    }
    const AMENDED: &'static str = "plan.amended";
    const STRUCK: &'static str = "plan.entered-in-error";
}
