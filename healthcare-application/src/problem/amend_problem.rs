//! Describes a problem otherwise.

use healthcare_domain::{
    id::ProblemId,
    problem::{Problem, ProblemError, ProblemRecord},
    signing::Override,
};

use super::signed::{opened, signed};
use crate::{AmendError, App, CommandError, access::Call, store::Committed, transact::replay};

/// Amends a problem: `change` makes what is to be known from what is known. It passes through the safety row, for drugs
/// are contraindicated by conditions: a person is told what it brings up, and what is critical waits for an answer. The same
/// again is no change.
///
/// # Errors
/// When the caller may not, it was struck out, the version is stale, the change does not fit or cannot be true, the
/// visit is another patient's, findings wait for an answer, an override answers none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %id))]
pub async fn amend_problem<M>(
    app: &App,
    call: &Call,
    (id, overrides): (ProblemId, &[Override]),
    change: impl FnOnce(&Problem) -> Result<Problem, M> + Send,
) -> Result<Committed, AmendError<ProblemError, M>> {
    let (permit, loaded) = opened(app, call, (id, overrides)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let seen = loaded.version;
    if call.if_match.is_some_and(|named| named != seen) {
        return Err(CommandError::Stale { current: seen }.into());
    }
    let known = loaded.state.amendable().map_err(CommandError::Refused)?;
    let (held_at, began) = (known.encounter, known.onset_at);
    let amended = change(known).map_err(AmendError::Misfit)?;
    if let Some(patient) = loaded.patient
        && amended.encounter != held_at
    {
        app.ensure_encounter::<ProblemError>(patient, amended.encounter, "/encounter").await?;
    }
    if let Some(patient) = loaded.holder.or(loaded.patient)
        && amended.onset_at != began
    {
        let born = app.born::<ProblemError>(&permit, patient).await?;
        amended.ensure_of_life(born, app.clock.now()).map_err(CommandError::Refused)?;
    }
    // It was made from this version; on another one it would undo what somebody else changed.
    let call = Call { if_match: Some(seen), ..call.clone() };
    let decide = |record: &ProblemRecord| record.amend(amended.clone());
    Ok(signed(app, &call, (&permit, loaded), (id, app.clock.now(), overrides), decide).await?)
}
