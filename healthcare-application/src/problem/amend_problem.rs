//! Describes a problem otherwise.

use healthcare_domain::{
    id::ProblemId,
    problem::{Problem, ProblemError, ProblemRecord},
};

use crate::{
    AmendError, App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, replay, transact_from},
};

/// Amends a problem: `change` makes what is to be known from what is known. It passes through the safety row, for drugs
/// are contraindicated by conditions. The same again is no change.
///
/// # Errors
/// When the caller may not, it was struck out, the version is stale, the change does not fit or cannot be true, the
/// visit is another patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %id))]
pub async fn amend_problem<M>(
    app: &App,
    call: &Call,
    id: ProblemId,
    change: impl FnOnce(&Problem) -> Result<Problem, M> + Send,
) -> Result<Committed, AmendError<ProblemError, M>> {
    let sealed = app.load::<ProblemRecord>(id).await?;
    let permit = app.authorise(call, Permission::ChartProblem, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let seen = loaded.version;
    if call.if_match.is_some_and(|named| named != seen) {
        return Err(CommandError::Stale { current: seen }.into());
    }
    let known = loaded.state.amendable().map_err(CommandError::Refused)?;
    let held_at = known.encounter;
    let amended = change(known).map_err(AmendError::Misfit)?;
    if let Some(patient) = loaded.patient
        && amended.encounter != held_at
    {
        app.ensure_encounter::<ProblemError>(patient, amended.encounter, "/encounter").await?;
    }
    // It was made from this version; on another one it would undo what somebody else changed.
    let call = Call { if_match: Some(seen), ..call.clone() };
    let target = Target { id, patient: loaded.patient, occurred_at: app.clock.now(), touches_safety: true };
    let decide = |record: &ProblemRecord| record.amend(amended.clone());
    Ok(transact_from(app, &permit, &call, target, loaded, decide).await?)
}
