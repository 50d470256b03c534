//! Signs a note.

use healthcare_domain::{id::NoteId, note::Note};

use super::Changed;
use crate::{
    App,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
};

/// Signs a draft: it is in force from now on, and never changes.
///
/// # Errors
/// When the caller is not its author, it says nothing or leaves out what is required, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn sign_note(app: &App, call: &Call, id: NoteId) -> Changed {
    let now = app.clock.now();
    let decide = |note: &Note| note.sign(call.actor.account, now);
    transact_entry(app, call, Permission::WriteNote, id, (now, Touches::Nothing), decide).await
}
