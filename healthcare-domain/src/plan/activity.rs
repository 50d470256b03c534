//! What is to be done in a plan, by whom and when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Goal, GoalStatus, Plan, PlanError, PlanEvent, Planned};
use crate::{code::CodeableConcept, id::AccountId, party::Party, text::Remark};

/// What is to be done (FHIR CarePlan.activity.detail).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityContent {
    /// In a code (SNOMED CT) or in words.
    pub what: CodeableConcept,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Remark>,
    /// Who is to do it; a role means whoever has it and cares for the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Party>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<DateTime<Utc>>,
}

/// Where an activity stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Progress {
    /// It is to be done.
    Scheduled,
    /// It was done.
    Completed {
        /// By whom.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
        /// In their words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Remark>,
    },
    /// It was not done.
    Skipped {
        /// Who decided so.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: Remark,
    },
}

/// An activity of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// Its number in the plan, from 1.
    pub number: u16,
    /// What is to be done.
    #[serde(flatten)]
    pub content: ActivityContent,
    /// Where it stands.
    #[serde(flatten)]
    pub progress: Progress,
    /// Since when it is asked for.
    pub since: DateTime<Utc>,
}

impl Activity {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.progress == Progress::Scheduled
    }
}

impl Plan {
    /// Adds an activity.
    ///
    /// # Errors
    /// When the plan is over, has too many, or it names nothing.
    pub fn add_activity(&self, content: ActivityContent, at: DateTime<Utc>) -> Result<Vec<PlanEvent>, PlanError> {
        let planned = self.open()?;
        if content.what.is_empty() {
            return Err(PlanError::NoDescription);
        }
        let number = super::next(planned.activities.len())?;
        let activity = Activity { number, content, progress: Progress::Scheduled, since: at };
        Ok(vec![PlanEvent::ActivityAdded { activity: Box::new(activity) }])
    }

    /// Gives an activity to somebody else, or to another time; the same again is no event.
    ///
    /// # Errors
    /// When the plan is over, or there is no such activity still to be done.
    pub fn assign(
        &self,
        number: u16,
        to: Option<Party>,
        scheduled_at: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) -> Result<Vec<PlanEvent>, PlanError> {
        self.open()?;
        let content = &self.to_be_done(number)?.content;
        if content.assigned_to == to && content.scheduled_at == scheduled_at {
            return Ok(vec![]);
        }
        Ok(vec![PlanEvent::ActivityAssigned { activity: number, to, scheduled_at, at }])
    }

    /// Notes that an activity was done. The last one ends a plan that a suggestion began, which is there for nothing else.
    ///
    /// # Errors
    /// When the plan is not being followed, or there is no such activity still to be done.
    pub fn complete_activity(
        &self,
        number: u16,
        by: AccountId,
        at: DateTime<Utc>,
        note: Option<Remark>,
    ) -> Result<Vec<PlanEvent>, PlanError> {
        let planned = self.followed()?;
        self.to_be_done(number)?;
        let done = PlanEvent::ActivityDone { activity: number, by, at, note };
        Ok(std::iter::once(done).chain(planned.end_after(number, by, at)).collect())
    }

    /// Notes that an activity is not done; this may end the plan as well.
    ///
    /// # Errors
    /// As [`Plan::complete_activity`].
    pub fn skip_activity(
        &self,
        number: u16,
        by: AccountId,
        at: DateTime<Utc>,
        reason: Remark,
    ) -> Result<Vec<PlanEvent>, PlanError> {
        let planned = self.followed()?;
        self.to_be_done(number)?;
        let skipped = PlanEvent::ActivitySkipped { activity: number, by, at, reason };
        Ok(std::iter::once(skipped).chain(planned.end_after(number, by, at)).collect())
    }

    fn to_be_done(&self, number: u16) -> Result<&Activity, PlanError> {
        let found = self.open()?.activities.iter().find(|activity| activity.number == number);
        match found {
            None => Err(PlanError::NoSuchPart),
            Some(activity) if activity.is_open() => Ok(activity),
            Some(_) => Err(PlanError::PartIsOver),
        }
    }
}

impl Planned {
    /// The end of a plan that a suggestion began, when this activity was the last thing it asked for. Nobody would come
    /// back to end it. What somebody added meanwhile keeps it going.
    fn end_after(&self, number: u16, by: AccountId, at: DateTime<Utc>) -> Option<PlanEvent> {
        let over = |goal: &Goal| !matches!(goal.status, GoalStatus::Proposed | GoalStatus::Active);
        let nothing_left = self.activities.iter().all(|one| one.number == number || !one.is_open())
            && self.goals.iter().all(over)
            && self.reviews.iter().all(|review| review.held.is_some());
        // What is noted late was done before, but a plan does not end before it was followed.
        let at = at.max(self.since);
        (self.suggestion.is_some() && nothing_left).then_some(PlanEvent::PlanCompleted { by, at })
    }
}
