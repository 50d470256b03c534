//! What a plan aims at.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Plan, PlanError, PlanEvent};
use crate::{code::CodeableConcept, id::AccountId, quantity::Quantity, reference::Reference, text::Remark};

/// What is aimed at (FHIR Goal).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalContent {
    /// In a code or in words, e.g. "walks 100 m without a stop".
    pub description: CodeableConcept,
    /// What is measured (LOINC), e.g. 4548-4, haemoglobin A1c.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<CodeableConcept>,
    /// What the measure is to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// The problems it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Reference>,
}

/// What a measure is to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// This very amount.
    Value(Quantity),
    /// Between these, both included; open where one is absent.
    Range {
        /// At least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<Quantity>,
        /// At most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<Quantity>,
    },
}

impl Target {
    /// Whether a measured amount reaches it; cannot be told in another unit.
    pub fn is_reached_by(&self, measured: &Quantity) -> Option<bool> {
        let bound = |bound: &Option<Quantity>| bound.as_ref().is_none_or(|one| one.unit == measured.unit);
        match self {
            Self::Value(value) => (value.unit == measured.unit).then(|| measured.value == value.value),
            Self::Range { low, high } => (bound(low) && bound(high)).then(|| {
                low.as_ref().is_none_or(|low| measured.value >= low.value)
                    && high.as_ref().is_none_or(|high| measured.value <= high.value)
            }),
        }
    }

    /// Whether there can be such a target.
    fn can_be(&self) -> bool {
        let named = |quantity: &Quantity| !quantity.unit.trim().is_empty();
        match self {
            Self::Value(value) => named(value),
            Self::Range { low: Some(low), high: Some(high) } => {
                named(low) && low.unit == high.unit && low.value <= high.value
            }
            Self::Range { low: Some(one), high: None } | Self::Range { low: None, high: Some(one) } => named(one),
            Self::Range { low: None, high: None } => false,
        }
    }
}

/// Where a goal stands (FHIR Goal.lifecycleStatus and achievementStatus in one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GoalStatus {
    /// Somebody proposes it.
    Proposed,
    /// It is aimed at.
    Active,
    /// It was reached.
    Met,
    /// It was not reached.
    NotMet,
    /// It is aimed at no longer.
    Cancelled,
}

/// A goal of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Goal {
    /// Its number in the plan, from 1.
    pub number: u16,
    /// What is aimed at.
    #[serde(flatten)]
    pub content: GoalContent,
    /// Where it stands.
    pub status: GoalStatus,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who said so last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// Why it was not met or is aimed at no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Remark>,
    /// The observation that shows it was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Uuid>,
}

/// What becomes of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoalChange {
    /// It is aimed at from now on.
    Accept,
    /// It was reached; with the observation that shows it, if one does.
    Meet(Option<Uuid>),
    /// It was not reached.
    Miss(Remark),
    /// It is aimed at no longer.
    Cancel(Remark),
}

impl GoalContent {
    /// Whether there can be such a goal.
    pub(super) fn ensure_possible(&self) -> Result<(), PlanError> {
        if self.description.is_empty() {
            Err(PlanError::NoDescription)
        } else if self.target.as_ref().is_some_and(|target| self.measure.is_none() || !target.can_be()) {
            Err(PlanError::BadTarget)
        } else {
            Ok(())
        }
    }
}

impl Plan {
    /// Adds a goal: proposed, or aimed at from now on.
    ///
    /// # Errors
    /// When the plan is over, has too many, or there can be no such goal.
    pub fn add_goal(
        &self,
        content: GoalContent,
        proposed: bool,
        by: AccountId,
        at: DateTime<Utc>,
    ) -> Result<Vec<PlanEvent>, PlanError> {
        let planned = self.open()?;
        content.ensure_possible()?;
        let number = super::next(planned.goals.len())?;
        let status = if proposed { GoalStatus::Proposed } else { GoalStatus::Active };
        let goal = Goal { number, content, status, since: at, by: Some(by), reason: None, evidence: None };
        Ok(vec![PlanEvent::GoalAdded { goal: Box::new(goal) }])
    }

    /// Takes a goal further. A goal is met, missed or cancelled once.
    ///
    /// # Errors
    /// When the plan is not being followed, there is no such goal, or it does not go from where it stands.
    pub fn change_goal(
        &self,
        number: u16,
        change: GoalChange,
        by: AccountId,
        at: DateTime<Utc>,
    ) -> Result<Vec<PlanEvent>, PlanError> {
        let planned = self.open()?;
        let goal = planned.goals.iter().find(|goal| goal.number == number).ok_or(PlanError::NoSuchPart)?;
        match (goal.status, change) {
            (GoalStatus::Proposed, GoalChange::Accept) => Ok(vec![PlanEvent::GoalAccepted { goal: number, by, at }]),
            (GoalStatus::Active, GoalChange::Meet(evidence)) => {
                self.followed()?;
                Ok(vec![PlanEvent::GoalMet { goal: number, by, at, evidence }])
            }
            (GoalStatus::Active, GoalChange::Miss(reason)) => {
                self.followed()?;
                Ok(vec![PlanEvent::GoalNotMet { goal: number, by, at, reason }])
            }
            (GoalStatus::Proposed | GoalStatus::Active, GoalChange::Cancel(reason)) => {
                Ok(vec![PlanEvent::GoalCancelled { goal: number, by, at, reason }])
            }
            _ => Err(PlanError::PartIsOver),
        }
    }
}
