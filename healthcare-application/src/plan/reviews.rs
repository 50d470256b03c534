//! Looking at a plan again.

use chrono::NaiveDate;
use healthcare_domain::{id::PlanId, party::Party, plan::Plan, text::Remark};

use super::{Changed, decide, decide_asking};
use crate::{
    App,
    access::{Call, Permission},
};

/// Sets a day on which a plan is looked at again, by somebody; by the caller if nobody is named.
///
/// # Errors
/// When the caller may not, the plan is over, a review is due that day, somebody cannot be asked, or the record cannot be
/// reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn schedule_review(
    app: &App,
    call: &Call,
    id: PlanId,
    (due, responsible): (NaiveDate, Option<Party>),
) -> Changed {
    let responsible = responsible.unwrap_or(Party::Account(call.actor.account));
    let asked = (Some(&responsible), Permission::ManagePlan);
    decide_asking(app, call, id, asked, |plan: &Plan| plan.schedule_review(due, responsible.clone())).await
}

/// Notes what came of a review.
///
/// # Errors
/// When the caller may not, there is no such review still to be held, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn hold_review(app: &App, call: &Call, id: PlanId, (number, outcome): (u16, Remark)) -> Changed {
    let (by, now) = (call.actor.account, app.clock.now());
    decide(app, call, Permission::ManagePlan, id, |plan: &Plan| plan.review(number, by, now, outcome.clone())).await
}
