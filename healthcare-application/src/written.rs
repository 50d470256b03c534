//! Entries that are written here and afterwards only amended or struck out: procedures, immunisations, family history.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState, EventSourced,
    entry::{Content, Entry, EntryError, EntryEvent},
    id::{EncounterId, PatientId},
    text::Remark,
};

use crate::{
    AmendError, App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
    transact::{Target, replay, transact, transact_from},
};

/// What an entry that is written here says of its surroundings.
pub trait Writing: Content {
    /// During which visit it came about.
    fn encounter(&self) -> Option<EncounterId>;
    /// When, if that is known.
    fn happened_at(&self) -> Option<DateTime<Utc>>;
}

/// Writes an entry of a patient.
///
/// # Errors
/// When the caller may not, there is no such patient, the visit is another patient's, it cannot be true, or the record
/// cannot be reached.
pub async fn write<C: Writing>(
    app: &App,
    call: &Call,
    permission: Permission,
    patient: PatientId,
    content: C,
) -> Result<Committed, CommandError<EntryError>>
where
    Entry<C>: EventSourced<Id = C::Id, Event = EntryEvent<C>, Error = EntryError> + Into<AnyState>,
{
    let permit = app.authorise(call, permission, Some(patient)).await?;
    app.ensure_patient(patient).await?;
    app.ensure_encounter(patient, content.encounter(), "/encounter").await?;
    let now = app.clock.now();
    let target = Target::of(C::Id::from(app.clock.new_id()), patient, content.happened_at().unwrap_or(now));
    transact(app, &permit, call, target, |entry: &Entry<C>| entry.record_live(content.clone(), now)).await
}

/// Amends an entry: `change` makes what is to be known from what is known. The same again is no change.
///
/// # Errors
/// When the caller may not, it was struck out, the version is stale, the change does not fit or cannot be true, the visit
/// is another patient's, or the record cannot be reached.
pub async fn amend_written<C: Writing, M>(
    app: &App,
    call: &Call,
    permission: Permission,
    id: C::Id,
    change: impl FnOnce(&C) -> Result<C, M> + Send,
) -> Result<Committed, AmendError<EntryError, M>>
where
    Entry<C>: EventSourced<Id = C::Id, Event = EntryEvent<C>, Error = EntryError> + Into<AnyState>,
{
    let sealed = app.load::<Entry<C>>(id).await?;
    let permit = app.authorise(call, permission, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let seen = loaded.version;
    if call.if_match.is_some_and(|named| named != seen) {
        return Err(CommandError::Stale { current: seen }.into());
    }
    let known = loaded.state.amendable().map_err(CommandError::Refused)?;
    let held_at = known.encounter();
    let amended = change(known).map_err(AmendError::Misfit)?;
    if let Some(patient) = loaded.holder.or(loaded.patient)
        && amended.encounter() != held_at
    {
        app.ensure_encounter::<EntryError>(patient, amended.encounter(), "/encounter").await?;
    }
    // It was made from this version; on another one it would undo what somebody else changed.
    let call = Call { if_match: Some(seen), ..call.clone() };
    let now = app.clock.now();
    let occurred_at = amended.happened_at().unwrap_or(now);
    let target = Target { id, patient: loaded.patient, occurred_at, touches_safety: false };
    let decide = |entry: &Entry<C>| entry.amend_live(amended.clone(), now);
    Ok(transact_from(app, &permit, &call, target, loaded, decide).await?)
}

/// Strikes an entry out.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
pub async fn strike_written<C: Writing>(
    app: &App,
    call: &Call,
    permission: Permission,
    id: C::Id,
    reason: Remark,
) -> Result<Committed, CommandError<EntryError>>
where
    Entry<C>: EventSourced<Id = C::Id, Event = EntryEvent<C>, Error = EntryError> + Into<AnyState>,
{
    let when = (app.clock.now(), Touches::Nothing);
    transact_entry(app, call, permission, id, when, |entry: &Entry<C>| entry.enter_in_error(reason.clone())).await
}
