//! Co-signatures: asked for, given, asked for no longer.

use healthcare_domain::{id::NoteId, note::Note, party::Party};

use super::{Changed, asked};
use crate::{
    App,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    party::role_of,
    transact::{Target, replay, transact_from},
};

/// Asks somebody to co-sign; they are told at once, and it stands in their inbox.
///
/// # Errors
/// When the caller may not, it is a draft of somebody else's, there is nobody such or they may not co-sign, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn request_cosign(app: &App, call: &Call, id: NoteId, of: Party) -> Changed {
    let sealed = app.load::<Note>(id).await?;
    let permit = app.authorise(call, Permission::WriteNote, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let now = app.clock.now();
    let by = call.actor.account;
    if loaded.patient.is_some() {
        asked(app, &permit, std::slice::from_ref(&of)).await?;
    }
    let target = Target { id, patient: loaded.patient, occurred_at: now, touches_safety: false };
    let decide = |note: &Note| note.request_cosign(of.clone(), by, now);
    transact_from(app, &permit, call, target, loaded, decide).await
}

/// Asks them no longer.
///
/// # Errors
/// When the caller may not, nobody asked them, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn withdraw_cosign(app: &App, call: &Call, id: NoteId, of: Party) -> Changed {
    let now = app.clock.now();
    let decide = |note: &Note| note.withdraw_request(&of, call.actor.account, now);
    transact_entry(app, call, Permission::WriteNote, id, (now, Touches::Nothing), decide).await
}

/// Co-signs the version that counts.
///
/// # Errors
/// When the caller may not or was not asked, it is not signed, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn cosign_note(app: &App, call: &Call, id: NoteId) -> Changed {
    let now = app.clock.now();
    let role = role_of(&call.actor);
    let decide = |note: &Note| note.cosign(call.actor.account, &role, now);
    transact_entry(app, call, Permission::CosignNote, id, (now, Touches::Nothing), decide).await
}
