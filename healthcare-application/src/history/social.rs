//! How a patient lives: smoking, alcohol, occupation and the like, as coded facts, each with the time it is true of. What
//! is new is recorded beside what was, so that the history stays.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{ObservationId, PatientId},
    observation::{Observation, ObservationCategory, ObservationError, ObservationRecord},
    text::Remark,
};

use crate::{
    AmendError, App, CommandError, QueryError,
    access::{Call, Permission},
    entry::{Touches, get_entry, transact_entry},
    store::Committed,
    transact::{Target, replay, transact, transact_from},
    view::{Kind, Row},
};

/// Records how the patient lives.
///
/// # Errors
/// When the caller may not, there is no such patient, the visit is another patient's, it says nothing or lies in the future,
/// or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn record_social_history(
    app: &App,
    call: &Call,
    patient: PatientId,
    observation: Observation,
) -> Result<Committed, CommandError<ObservationError>> {
    let permit = app.authorise(call, Permission::ChartHistory, Some(patient)).await?;
    let born = app.born(&permit, patient).await?;
    app.ensure_encounter(patient, observation.encounter, "/encounter").await?;
    let observation = Observation { category: ObservationCategory::SocialHistory, ..observation };
    let target = Target::of(ObservationId(app.clock.new_id()), patient, observation.effective_at);
    let now = app.clock.now();
    let decide = |record: &ObservationRecord| {
        if call.actor.is_person() {
            observation.ensure_typed(born)?;
        }
        record.record(observation.clone(), false, now)
    };
    transact(app, &permit, call, target, decide).await
}

/// Whether an observation is of how the patient lives; anything else is not here.
fn is_social(record: &ObservationRecord) -> Result<&Observation, ObservationError> {
    let observation = record.amendable()?;
    if observation.category == ObservationCategory::SocialHistory {
        Ok(observation)
    } else {
        Err(ObservationError::Unrecorded)
    }
}

/// Amends what was recorded: `change` makes what is to be known from what is known.
///
/// # Errors
/// When the caller may not, it was struck out, the version is stale, the change does not fit or cannot be true, the visit
/// is another patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(observation.id = %id))]
pub async fn amend_social_history<M>(
    app: &App,
    call: &Call,
    id: ObservationId,
    change: impl FnOnce(&Observation) -> Result<Observation, M> + Send,
) -> Result<Committed, AmendError<ObservationError, M>> {
    let sealed = app.load::<ObservationRecord>(id).await?;
    let permit = app.authorise(call, Permission::ChartHistory, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let seen = loaded.version;
    if call.if_match.is_some_and(|named| named != seen) {
        return Err(CommandError::Stale { current: seen }.into());
    }
    let known = is_social(&loaded.state).map_err(CommandError::Refused)?;
    let held_at = known.encounter;
    let amended = change(known).map_err(AmendError::Misfit)?;
    let amended = Observation { category: ObservationCategory::SocialHistory, ..amended };
    if let Some(patient) = loaded.holder.or(loaded.patient)
        && amended.encounter != held_at
    {
        app.ensure_encounter::<ObservationError>(patient, amended.encounter, "/encounter").await?;
    }
    // It was made from this version; on another one it would undo what somebody else changed.
    let call = Call { if_match: Some(seen), ..call.clone() };
    let now = app.clock.now();
    let target = Target { id, patient: loaded.patient, occurred_at: amended.effective_at, touches_safety: false };
    let decide = |record: &ObservationRecord| record.amend_live(amended.clone(), now);
    Ok(transact_from(app, &permit, &call, target, loaded, decide).await?)
}

/// Strikes out what was recorded of somebody else.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(observation.id = %id))]
pub async fn enter_social_history_in_error(
    app: &App,
    call: &Call,
    id: ObservationId,
    reason: Remark,
) -> Result<Committed, CommandError<ObservationError>> {
    let when = (app.clock.now(), Touches::Nothing);
    let decide = |record: &ObservationRecord| {
        is_social(record)?;
        record.enter_in_error(reason.clone())
    };
    transact_entry(app, call, Permission::ChartHistory, id, when, decide).await
}

/// What was recorded of how a patient lives.
///
/// # Errors
/// When the caller may not, there is nothing, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(observation.id = %id))]
pub async fn get_social_history(
    app: &App,
    call: &Call,
    id: ObservationId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::SocialHistory, id.0), as_of).await
}
