//! What is to be done in a plan.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::PlanId,
    party::Party,
    plan::{ActivityContent, Plan},
    text::Remark,
};

use super::{Changed, decide, decide_asking};
use crate::{
    App,
    access::{Call, Permission},
};

/// What became of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, now or then.
    Done {
        /// When; now if absent.
        at: Option<DateTime<Utc>>,
        /// In the words of whoever did it.
        note: Option<Remark>,
    },
    /// It was not done.
    Skipped(Remark),
}

/// Adds an activity to a plan.
///
/// # Errors
/// When the caller may not, the plan is over, somebody cannot be asked, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn add_activity(app: &App, call: &Call, id: PlanId, activity: ActivityContent) -> Changed {
    let now = app.clock.now();
    let asked = (activity.assigned_to.as_ref(), Permission::PerformActivity);
    decide_asking(app, call, id, asked, |plan: &Plan| plan.add_activity(activity.clone(), now)).await
}

/// Gives an activity to somebody, or to nobody, and to a time.
///
/// # Errors
/// As [`add_activity`], and when there is no such activity still to be done.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn assign_activity(
    app: &App,
    call: &Call,
    id: PlanId,
    number: u16,
    (to, scheduled_at): (Option<Party>, Option<DateTime<Utc>>),
) -> Changed {
    let now = app.clock.now();
    let asked = (to.as_ref(), Permission::PerformActivity);
    decide_asking(app, call, id, asked, |plan: &Plan| plan.assign(number, to.clone(), scheduled_at, now)).await
}

/// Notes that an activity was done, or why not.
///
/// # Errors
/// When the caller may not, the plan is not followed, there is no such activity still to be done, or the record cannot be
/// reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn end_activity(app: &App, call: &Call, id: PlanId, number: u16, outcome: Outcome) -> Changed {
    let (by, now) = (call.actor.account, app.clock.now());
    decide(app, call, Permission::PerformActivity, id, |plan: &Plan| match &outcome {
        // What is to come was not done yet.
        Outcome::Done { at, note } => plan.complete_activity(number, by, at.unwrap_or(now).min(now), note.clone()),
        Outcome::Skipped(reason) => plan.skip_activity(number, by, now, reason.clone()),
    })
    .await
}
