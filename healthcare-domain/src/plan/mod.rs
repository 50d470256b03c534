//! Plans of treatment: goals, activities and reviews, followed from draft to end. A plan that another system keeps is
//! held as it says ([`CarePlan`]), and changed by nobody but its source.

mod activity;
mod care_plan;
mod event;
mod follow;
mod goal;
#[cfg(test)]
mod plan_test;
mod review;

pub use activity::{Activity, ActivityContent, Progress};
pub use care_plan::{CareGoal, CareGoalTarget, CarePlan, PlannedActivity};
pub use event::PlanEvent;
pub use follow::Begun;
pub use goal::{Goal, GoalChange, GoalContent, GoalStatus, Target};
pub use review::{Held, Review};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    EventSourced, StreamType,
    code::CodeableConcept,
    id::{AccountId, EncounterId, PlanId, SuggestionId},
    note::FromTemplate,
    reference::Reference,
    text::Remark,
};

/// The most goals, activities or reviews of a plan.
pub const PARTS: usize = 200;

/// What a plan is about (FHIR CarePlan).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanContent {
    /// Its title.
    pub title: String,
    /// What it is meant to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Remark>,
    /// What kind of plan (SNOMED CT), e.g. 698360004, diabetes self management plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CodeableConcept>,
    /// The problems it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Reference>,
    /// During which visit it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EncounterId>,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// Until when; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
}

/// Where a plan stands (FHIR request status).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlanStatus {
    /// It is being made.
    #[default]
    Draft,
    /// It is followed.
    Active,
    /// It rests.
    OnHold,
    /// It was followed to its end.
    Completed,
    /// It is followed no longer.
    Revoked,
}

impl PlanStatus {
    /// The code of FHIR.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::OnHold => "on-hold",
            Self::Completed => "completed",
            Self::Revoked => "revoked",
        }
    }
}

/// A plan of this house.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Planned {
    /// What it is about.
    #[serde(flatten)]
    pub content: PlanContent,
    /// What it aims at.
    pub goals: Vec<Goal>,
    /// What is to be done.
    pub activities: Vec<Activity>,
    /// When it is looked at again.
    pub reviews: Vec<Review>,
    /// The template it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<FromTemplate>,
    /// The suggestion of decision support that was taken up by it; its justification says why there is this plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<SuggestionId>,
    /// Who made it.
    pub author: AccountId,
    /// When.
    pub drafted_at: DateTime<Utc>,
    /// Where it stands: written beside it by its view.
    #[serde(skip)]
    pub status: PlanStatus,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why it rests or is followed no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Remark>,
}

/// The state of one plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Plan {
    /// There is none.
    #[default]
    Unwritten,
    /// Another system keeps it.
    Elsewhere(Box<CarePlan>),
    /// It is this house's.
    Planned(Box<Planned>),
    /// Another system struck it out.
    StruckElsewhere(Box<CarePlan>),
    /// It should never have been made; it is kept for the history.
    EnteredInError(Box<Planned>),
}

/// Why a decision about a plan is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There is no such plan.
    #[error("there is no such plan")]
    Unwritten,
    /// It is made already.
    #[error("the plan is already made")]
    AlreadyWritten,
    /// Another system keeps it.
    #[error("the plan is kept by the system it came from")]
    Elsewhere,
    /// It does not go from where it stands to there.
    #[error("the plan does not go there from where it stands")]
    NotNow,
    /// It is completed, revoked or struck out.
    #[error("the plan is over")]
    Over,
    /// It is a draft or rests.
    #[error("the plan is not being followed")]
    NotFollowed,
    /// It has no title.
    #[error("a plan has a title of 1 to 200 characters")]
    NoTitle,
    /// It ends before it begins.
    #[error("a plan ends after it begins")]
    BadPeriod,
    /// A goal or an activity names nothing.
    #[error("it is described by a code or in words")]
    NoDescription,
    /// There can be no such target.
    #[error("a target has a measure, a unit, and a lower bound that is not above the upper one")]
    BadTarget,
    /// It has no goal, activity or review of that number.
    #[error("the plan has no part of that number")]
    NoSuchPart,
    /// That part is done, skipped, met or cancelled.
    #[error("that part of the plan is over")]
    PartIsOver,
    /// A review is due that day already.
    #[error("a review is due that day already")]
    AlreadyDue,
    /// It has too many parts.
    #[error("a plan has at most 200 goals, activities or reviews")]
    TooLong,
    /// There is no such account or role, or it may not do it.
    #[error("there is no such account or role, or it may not do it")]
    NoSuchAssignee,
    /// There is no such template of plans, or it is retired.
    #[error("there is no such template, or it is retired")]
    NoSuchTemplate,
}

impl EventSourced for Plan {
    type Id = PlanId;
    type Event = PlanEvent;
    type Error = PlanError;
    const STREAM: StreamType = StreamType::Plan;

    fn apply(&mut self, event: &PlanEvent) {
        *self = event::applied(std::mem::take(self), event);
    }
}

impl Plan {
    /// A plan of this house that is not over.
    fn open(&self) -> Result<&Planned, PlanError> {
        match self {
            Self::Unwritten => Err(PlanError::Unwritten),
            Self::Elsewhere(_) | Self::StruckElsewhere(_) => Err(PlanError::Elsewhere),
            Self::EnteredInError(_) => Err(PlanError::Over),
            Self::Planned(planned) => match planned.status {
                PlanStatus::Draft | PlanStatus::Active | PlanStatus::OnHold => Ok(planned),
                PlanStatus::Completed | PlanStatus::Revoked => Err(PlanError::Over),
            },
        }
    }

    /// A plan of this house that is being followed.
    fn followed(&self) -> Result<&Planned, PlanError> {
        let planned = self.open()?;
        if planned.status == PlanStatus::Active { Ok(planned) } else { Err(PlanError::NotFollowed) }
    }
}

/// The number of a further part.
fn next(there: usize) -> Result<u16, PlanError> {
    if there < PARTS { u16::try_from(there + 1).map_err(|_| PlanError::TooLong) } else { Err(PlanError::TooLong) }
}
