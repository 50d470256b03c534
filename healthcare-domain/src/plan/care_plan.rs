//! Care plans and goals as another system keeps them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    AnyState, DomainEvent, StreamType,
    code::CodeableConcept,
    entry::{Content, Entry, EntryEvent},
    event::UnknownEvent,
    id::{EncounterId, GoalId, PlanId},
    reference::{Identifier, Reference},
};

use super::{Plan, PlanEvent, Target};

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
    /// It is *not* to be done (FHIR CarePlan.activity.detail.doNotPerform).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prohibited: bool,
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

/// The events of a plan that another system keeps are a part of a plan's.
impl From<EntryEvent<CarePlan>> for DomainEvent {
    fn from(event: EntryEvent<CarePlan>) -> Self {
        Self::Plan(event.into())
    }
}

impl TryFrom<DomainEvent> for EntryEvent<CarePlan> {
    type Error = UnknownEvent;
    fn try_from(event: DomainEvent) -> Result<Self, UnknownEvent> {
        match PlanEvent::try_from(event)? {
            PlanEvent::Recorded { content } => Ok(Self::Recorded { content: *content }),
            PlanEvent::Amended { content } => Ok(Self::Amended { content: *content }),
            PlanEvent::EnteredInError { reason } => Ok(Self::EnteredInError { reason }),
            _ => Err(UnknownEvent::of("care plan of another system")),
        }
    }
}

impl From<Entry<CarePlan>> for AnyState {
    fn from(entry: Entry<CarePlan>) -> Self {
        Self::Plan(match entry {
            Entry::Unwritten => Plan::Unwritten,
            Entry::Recorded(plan) => Plan::Elsewhere(Box::new(plan)),
            Entry::EnteredInError(plan) => Plan::StruckElsewhere(Box::new(plan)),
        })
    }
}

/// A goal as another system keeps it, apart from any plan (FHIR Goal).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CareGoal {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// FHIR Goal.lifecycleStatus, e.g. `active`, `completed`, `cancelled`.
    pub status: String,
    /// FHIR Goal.achievementStatus, e.g. `achieved`, `not-achieved`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub achievement: Option<CodeableConcept>,
    /// What kind of goal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CodeableConcept>,
    /// What is aimed at.
    pub description: CodeableConcept,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<NaiveDate>,
    /// What is to be reached, by when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<CareGoalTarget>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Reference>,
}

/// What a goal of another system is to reach.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CareGoalTarget {
    /// What is measured (LOINC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<CodeableConcept>,
    /// What it is to reach, where that is a number or a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// What it is to reach, where that is no number: any other FHIR value, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub other: Option<serde_json::Value>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
}

impl CareGoal {
    /// The beginning of the day on which it began.
    pub fn started_at(&self) -> Option<DateTime<Utc>> {
        self.started_on.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc())
    }

    /// Whether it is aimed at.
    pub fn is_active(&self) -> bool {
        matches!(self.status.as_str(), "proposed" | "planned" | "accepted" | "active" | "on-hold")
    }
}

impl Content for CareGoal {
    type Id = GoalId;
    const STREAM: StreamType = StreamType::Goal;
    const FHIR: &'static str = "Goal";
    fn recorded_kind(&self) -> &'static str {
        "goal.recorded"
    }
    const AMENDED: &'static str = "goal.amended";
    const STRUCK: &'static str = "goal.entered-in-error";
}
