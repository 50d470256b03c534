//! Amends a signed note, beside what was signed; strikes one out.

use healthcare_domain::{
    id::NoteId,
    note::{Amendment, Note},
    text::Remark,
};

use super::Changed;
use crate::{
    App,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
};

/// Signs a further version of a note. Who names the version they have seen never amends what somebody else has amended
/// meanwhile.
///
/// # Errors
/// When the caller may not, it is not signed, the version is stale, the amendment changes nothing or says nothing, or the
/// record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn amend_note(app: &App, call: &Call, id: NoteId, amendment: Amendment) -> Changed {
    let now = app.clock.now();
    let decide = |note: &Note| note.amend(amendment.clone(), call.actor.account, now);
    transact_entry(app, call, Permission::WriteNote, id, (now, Touches::Nothing), decide).await
}

/// Strikes a signed note out, e.g. one of another patient. It is in no list, and stays readable by its identity.
///
/// # Errors
/// When the caller may not, it is not signed, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn enter_note_in_error(app: &App, call: &Call, id: NoteId, reason: Remark) -> Changed {
    let when = (app.clock.now(), Touches::Nothing);
    let decide = |note: &Note| note.enter_in_error(reason.clone());
    transact_entry(app, call, Permission::WriteNote, id, when, decide).await
}
