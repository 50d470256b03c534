//! Signing.

use chrono::{DateTime, Utc};

use super::{ContentHash, Note, NoteError, NoteEvent};
use crate::id::AccountId;

impl Note {
    /// Signs a draft as it stands: its content is in force from now on and never changes.
    ///
    /// # Errors
    /// When it is no draft of theirs, says nothing, or leaves out what its template requires.
    pub fn sign(&self, by: AccountId, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        let draft = self.own_draft(by)?;
        draft.content.ensure_complete()?;
        Ok(vec![NoteEvent::NoteSigned { by, at, hash: ContentHash::of(&draft.content) }])
    }
}
