//! A plan from its draft to its end.

use healthcare_domain::{id::PlanId, plan::Plan, text::Remark};

use super::{Changed, decide};
use crate::{
    App,
    access::{Call, Permission},
};

/// Where a plan is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// A draft is followed from now on.
    Activate,
    /// It rests.
    Hold(Remark),
    /// It is followed again.
    Resume,
    /// It was followed to its end.
    Complete,
    /// It is followed no longer.
    Revoke(Remark),
}

/// Takes a plan further.
///
/// # Errors
/// When the caller may not, it does not go there from where it stands, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn follow_plan(app: &App, call: &Call, id: PlanId, course: Course) -> Changed {
    let (by, now) = (call.actor.account, app.clock.now());
    decide(app, call, Permission::ManagePlan, id, |plan: &Plan| match &course {
        Course::Activate => plan.activate(by, now),
        Course::Hold(reason) => plan.hold(by, now, reason.clone()),
        Course::Resume => plan.resume(by, now),
        Course::Complete => plan.complete(by, now),
        Course::Revoke(reason) => plan.revoke(by, now, reason.clone()),
    })
    .await
}

/// Strikes a plan out; it is in no list any more, and stays readable by its identity.
///
/// # Errors
/// When the caller may not, it is another system's or struck out, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn enter_plan_in_error(app: &App, call: &Call, id: PlanId, reason: Remark) -> Changed {
    decide(app, call, Permission::ManagePlan, id, |plan: &Plan| plan.enter_in_error(reason.clone())).await
}
