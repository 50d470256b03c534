//! Describes a plan otherwise.

use healthcare_domain::{
    id::PlanId,
    plan::{Plan, PlanContent, PlanError},
};

use crate::{
    AmendError, App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, replay, transact_from},
};

/// Describes a plan otherwise: `change` makes what it is to be about from what it is about. The same again is no change.
///
/// # Errors
/// When the caller may not, it is over or another system's, the version is stale, the change does not fit or cannot be,
/// the visit is another patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn revise_plan<M>(
    app: &App,
    call: &Call,
    id: PlanId,
    change: impl FnOnce(&PlanContent) -> Result<PlanContent, M> + Send,
) -> Result<Committed, AmendError<PlanError, M>> {
    let sealed = app.load::<Plan>(id).await?;
    let permit = app.authorise(call, Permission::ManagePlan, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let seen = loaded.version;
    if call.if_match.is_some_and(|named| named != seen) {
        return Err(CommandError::Stale { current: seen }.into());
    }
    let now = loaded.state.revisable().map_err(CommandError::Refused)?;
    let made_at = now.encounter;
    let content = change(now).map_err(AmendError::Misfit)?;
    if let Some(patient) = loaded.holder.or(loaded.patient)
        && content.encounter != made_at
    {
        app.ensure_encounter::<PlanError>(patient, content.encounter, "/encounter").await?;
    }
    // It was made from this version; on another one it would undo what somebody else changed.
    let call = Call { if_match: Some(seen), ..call.clone() };
    let target = Target { id, patient: loaded.patient, occurred_at: app.clock.now(), touches_safety: false };
    let decide = |plan: &Plan| plan.revise(content.clone());
    Ok(transact_from(app, &permit, &call, target, loaded, decide).await?)
}
