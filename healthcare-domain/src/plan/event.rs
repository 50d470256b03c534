//! What can happen to a plan, and what it makes of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Activity, CarePlan, Goal, GoalStatus, Held, Plan, PlanContent, PlanStatus, Planned, Progress, Review};
use crate::{
    Event,
    entry::{Content, Entry, EntryEvent},
    id::{AccountId, SuggestionId},
    note::FromTemplate,
    party::Party,
    text::Remark,
};

/// What can happen to a plan. The first three are those of a plan that another system keeps; the last of them strikes
/// out one of this house, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[expect(missing_docs, reason = "by: who did it, at: when, reason: why; the rest is named as what it is")]
pub enum PlanEvent {
    /// It came from another system.
    Recorded { content: Box<CarePlan> },
    /// That system says something else now.
    Amended { content: Box<CarePlan> },
    /// It should never have been written.
    EnteredInError { reason: Remark },
    /// Somebody made a draft.
    PlanDrafted {
        plan: Box<PlanContent>,
        goals: Vec<Goal>,
        activities: Vec<Activity>,
        reviews: Vec<Review>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<FromTemplate>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suggestion: Option<SuggestionId>,
        by: AccountId,
        at: DateTime<Utc>,
    },
    /// What it is about was described otherwise.
    PlanRevised { plan: Box<PlanContent> },
    /// It is followed from now on.
    PlanActivated { by: AccountId, at: DateTime<Utc> },
    /// It rests.
    PlanHeld { by: AccountId, at: DateTime<Utc>, reason: Remark },
    /// It is followed again.
    PlanResumed { by: AccountId, at: DateTime<Utc> },
    /// It was followed to its end.
    PlanCompleted { by: AccountId, at: DateTime<Utc> },
    /// It is followed no longer.
    PlanRevoked { by: AccountId, at: DateTime<Utc>, reason: Remark },
    /// It aims at one thing more.
    GoalAdded { goal: Box<Goal> },
    /// A proposed goal is aimed at from now on.
    GoalAccepted { goal: u16, by: AccountId, at: DateTime<Utc> },
    /// A goal was reached.
    GoalMet {
        goal: u16,
        by: AccountId,
        at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Uuid>,
    },
    /// A goal was not reached.
    GoalNotMet { goal: u16, by: AccountId, at: DateTime<Utc>, reason: Remark },
    /// A goal is aimed at no longer.
    GoalCancelled { goal: u16, by: AccountId, at: DateTime<Utc>, reason: Remark },
    /// One thing more is to be done.
    ActivityAdded { activity: Box<Activity> },
    /// An activity is somebody else's, or at another time.
    ActivityAssigned { activity: u16, to: Option<Party>, scheduled_at: Option<DateTime<Utc>>, at: DateTime<Utc> },
    /// An activity was done.
    ActivityDone {
        activity: u16,
        by: AccountId,
        at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Remark>,
    },
    /// An activity was not done.
    ActivitySkipped { activity: u16, by: AccountId, at: DateTime<Utc>, reason: Remark },
    /// It is to be looked at again.
    ReviewScheduled { review: Review },
    /// It was.
    PlanReviewed { review: u16, held: Held },
}

impl Event for PlanEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Recorded { content } => content.recorded_kind(),
            Self::Amended { .. } => CarePlan::AMENDED,
            Self::EnteredInError { .. } => CarePlan::STRUCK,
            Self::PlanDrafted { .. } => "plan.drafted",
            Self::PlanRevised { .. } => "plan.revised",
            Self::PlanActivated { .. } => "plan.activated",
            Self::PlanHeld { .. } => "plan.held",
            Self::PlanResumed { .. } => "plan.resumed",
            Self::PlanCompleted { .. } => "plan.completed",
            Self::PlanRevoked { .. } => "plan.revoked",
            Self::GoalAdded { .. } => "plan.goal.added",
            Self::GoalAccepted { .. } => "plan.goal.accepted",
            Self::GoalMet { .. } => "plan.goal.met",
            Self::GoalNotMet { .. } => "plan.goal.not-met",
            Self::GoalCancelled { .. } => "plan.goal.cancelled",
            Self::ActivityAdded { .. } => "plan.activity.added",
            Self::ActivityAssigned { .. } => "plan.activity.assigned",
            Self::ActivityDone { .. } => "plan.activity.completed",
            Self::ActivitySkipped { .. } => "plan.activity.skipped",
            Self::ReviewScheduled { .. } => "plan.review.scheduled",
            Self::PlanReviewed { .. } => "plan.reviewed",
        }
    }
    fn fhir_type(&self) -> &'static str {
        match self {
            Self::GoalAdded { .. }
            | Self::GoalAccepted { .. }
            | Self::GoalMet { .. }
            | Self::GoalNotMet { .. }
            | Self::GoalCancelled { .. } => "Goal",
            _ => "CarePlan",
        }
    }
}

impl From<EntryEvent<CarePlan>> for PlanEvent {
    fn from(event: EntryEvent<CarePlan>) -> Self {
        match event {
            EntryEvent::Recorded { content } => Self::Recorded { content: Box::new(content) },
            EntryEvent::Amended { content } => Self::Amended { content: Box::new(content) },
            EntryEvent::EnteredInError { reason } => Self::EnteredInError { reason },
        }
    }
}

impl Plan {
    /// The plan as another system keeps it; none when it is this house's.
    pub fn as_kept_elsewhere(&self) -> Option<Entry<CarePlan>> {
        match self {
            Self::Unwritten => Some(Entry::Unwritten),
            Self::Elsewhere(plan) => Some(Entry::Recorded((**plan).clone())),
            Self::StruckElsewhere(plan) => Some(Entry::EnteredInError((**plan).clone())),
            Self::Planned(_) | Self::EnteredInError(_) => None,
        }
    }
}

/// The state after an event. Total: what does not belong to the state it meets leaves it as it is.
pub(super) fn applied(plan: Plan, event: &PlanEvent) -> Plan {
    use PlanEvent as E;
    match (plan, event) {
        (Plan::Unwritten | Plan::Elsewhere(_), E::Recorded { content } | E::Amended { content }) => {
            Plan::Elsewhere(content.clone())
        }
        (Plan::StruckElsewhere(_), E::Amended { content }) => Plan::StruckElsewhere(content.clone()),
        (Plan::Elsewhere(kept), E::EnteredInError { .. }) => Plan::StruckElsewhere(kept),
        (Plan::Planned(planned), E::EnteredInError { .. }) => Plan::EnteredInError(planned),
        (Plan::Unwritten, E::PlanDrafted { plan, goals, activities, reviews, template, suggestion, by, at }) => {
            Plan::Planned(Box::new(Planned {
                content: (**plan).clone(),
                goals: goals.clone(),
                activities: activities.clone(),
                reviews: reviews.clone(),
                template: *template,
                suggestion: *suggestion,
                author: *by,
                drafted_at: *at,
                status: PlanStatus::Draft,
                since: *at,
                reason: None,
            }))
        }
        (Plan::Planned(mut planned), event) => {
            planned.take(event);
            Plan::Planned(planned)
        }
        (unchanged, _) => unchanged,
    }
}

impl Planned {
    fn take(&mut self, event: &PlanEvent) {
        use PlanEvent as E;
        match event {
            E::PlanRevised { plan } => self.content.clone_from(plan),
            E::PlanActivated { at, .. } | E::PlanResumed { at, .. } => self.stands(PlanStatus::Active, *at, None),
            E::PlanHeld { at, reason, .. } => self.stands(PlanStatus::OnHold, *at, Some(reason)),
            E::PlanCompleted { at, .. } => self.stands(PlanStatus::Completed, *at, None),
            E::PlanRevoked { at, reason, .. } => self.stands(PlanStatus::Revoked, *at, Some(reason)),
            E::GoalAdded { goal } => self.goals.push((**goal).clone()),
            E::GoalAccepted { goal, by, at } => self.goal(*goal, GoalStatus::Active, (*by, *at), None, None),
            E::GoalMet { goal, by, at, evidence } => self.goal(*goal, GoalStatus::Met, (*by, *at), None, *evidence),
            E::GoalNotMet { goal, by, at, reason } => {
                self.goal(*goal, GoalStatus::NotMet, (*by, *at), Some(reason), None);
            }
            E::GoalCancelled { goal, by, at, reason } => {
                self.goal(*goal, GoalStatus::Cancelled, (*by, *at), Some(reason), None);
            }
            E::ActivityAdded { activity } => self.activities.push((**activity).clone()),
            E::ActivityAssigned { activity, to, scheduled_at, at } => {
                if let Some(one) = self.activity(*activity) {
                    one.content.assigned_to.clone_from(to);
                    one.content.scheduled_at = *scheduled_at;
                    one.since = *at;
                }
            }
            E::ActivityDone { activity, by, at, note } => {
                if let Some(one) = self.activity(*activity) {
                    one.progress = Progress::Completed { by: *by, at: *at, note: note.clone() };
                }
            }
            E::ActivitySkipped { activity, by, at, reason } => {
                if let Some(one) = self.activity(*activity) {
                    one.progress = Progress::Skipped { by: *by, at: *at, reason: reason.clone() };
                }
            }
            E::ReviewScheduled { review } => self.reviews.push(review.clone()),
            E::PlanReviewed { review, held } => {
                if let Some(one) = self.reviews.iter_mut().find(|one| one.number == *review) {
                    one.held = Some(held.clone());
                }
            }
            // Those of a plan that another system keeps, or of one that is drafted already.
            E::Recorded { .. } | E::Amended { .. } | E::EnteredInError { .. } | E::PlanDrafted { .. } => {}
        }
    }

    fn stands(&mut self, status: PlanStatus, since: DateTime<Utc>, reason: Option<&Remark>) {
        (self.status, self.since, self.reason) = (status, since, reason.cloned());
    }

    fn goal(
        &mut self,
        number: u16,
        status: GoalStatus,
        (by, since): (AccountId, DateTime<Utc>),
        reason: Option<&Remark>,
        evidence: Option<Uuid>,
    ) {
        if let Some(goal) = self.goals.iter_mut().find(|goal| goal.number == number) {
            (goal.status, goal.since, goal.by) = (status, since, Some(by));
            (goal.reason, goal.evidence) = (reason.cloned(), evidence);
        }
    }

    fn activity(&mut self, number: u16) -> Option<&mut Activity> {
        self.activities.iter_mut().find(|one| one.number == number)
    }
}
