//! What a plan aims at.

use healthcare_domain::{
    id::PlanId,
    plan::{GoalChange, GoalContent, Plan},
};

use super::{Changed, decide};
use crate::{
    App,
    access::{Call, Permission},
};

/// Adds a goal to a plan: proposed, or aimed at from now on.
///
/// # Errors
/// When the caller may not, the plan is over, there can be no such goal, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn add_goal(app: &App, call: &Call, id: PlanId, (goal, proposed): (GoalContent, bool)) -> Changed {
    let (by, now) = (call.actor.account, app.clock.now());
    decide(app, call, Permission::ManagePlan, id, |plan: &Plan| plan.add_goal(goal.clone(), proposed, by, now)).await
}

/// Takes a goal further: accepted, met, not met, cancelled.
///
/// # Errors
/// When the caller may not, there is no such goal, it does not go there, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn change_goal(app: &App, call: &Call, id: PlanId, (number, change): (u16, GoalChange)) -> Changed {
    let (by, now) = (call.actor.account, app.clock.now());
    decide(app, call, Permission::ManagePlan, id, |plan: &Plan| plan.change_goal(number, change.clone(), by, now)).await
}
