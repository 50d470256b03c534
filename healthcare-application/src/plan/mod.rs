//! Plans of treatment: made, followed, reviewed.

mod activities;
mod draft_plan;
mod follow_plan;
mod get_plan;
mod goals;
mod list_plans;
mod model;
mod reviews;
mod revise_plan;

pub use activities::{Outcome, add_activity, assign_activity, end_activity};
pub use draft_plan::{NewPlan, draft_plan};
pub use follow_plan::{Course, enter_plan_in_error, follow_plan};
pub use get_plan::{Measured, PlanView, get_plan};
pub use goals::{add_goal, change_goal};
pub use list_plans::list_plans;
pub use model::{PlanFilter, PlanModel};
pub use reviews::{hold_review, schedule_review};
pub use revise_plan::revise_plan;

use healthcare_domain::{
    id::PlanId,
    party::Party,
    plan::{Plan, PlanError, PlanEvent},
};

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    entry::{Touches, transact_entry},
    store::Committed,
    transact::{Loaded, Target, replay, transact_from},
};

/// What came of a command about a plan.
type Changed = Result<Committed, CommandError<PlanError>>;

/// Decides on a plan, for who may.
async fn decide(
    app: &App,
    call: &Call,
    permission: Permission,
    id: PlanId,
    decide: impl Fn(&Plan) -> Result<Vec<PlanEvent>, PlanError> + Send,
) -> Changed {
    transact_entry(app, call, permission, id, (app.clock.now(), Touches::Nothing), decide).await
}

/// As [`decide`], where somebody is asked to do something.
async fn decide_asking(
    app: &App,
    call: &Call,
    id: PlanId,
    (party, to): (Option<&Party>, Permission),
    decide: impl Fn(&Plan) -> Result<Vec<PlanEvent>, PlanError> + Send,
) -> Changed {
    let sealed = app.load::<Plan>(id).await?;
    let permit = app.authorise(call, Permission::ManagePlan, sealed.patient()).await?;
    let loaded: Loaded<Plan> = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    if loaded.patient.is_some() {
        ensure_asked(app, &permit, party, to).await?;
    }
    let target = Target { id, patient: loaded.patient, occurred_at: app.clock.now(), touches_safety: false };
    transact_from(app, &permit, call, target, loaded, decide).await
}

/// Makes sure that all of them can be asked.
async fn ensure_asked(
    app: &App,
    permit: &Permit,
    parties: impl IntoIterator<Item = &Party> + Send,
    to: Permission,
) -> Result<(), CommandError<PlanError>> {
    if app.can_all_be_asked(permit, parties, to).await? {
        Ok(())
    } else {
        Err(CommandError::Refused(PlanError::NoSuchAssignee))
    }
}
