//! Writing, before anybody signs.

use chrono::{DateTime, Utc};

use super::{Note, NoteContent, NoteError, NoteEvent};
use crate::{account::RoleName, id::AccountId};

impl Note {
    /// Begins a note.
    ///
    /// # Errors
    /// When it is begun, has no type or title, or is endless.
    pub fn draft(&self, content: NoteContent, by: AccountId, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        match self {
            Self::Unwritten => {
                content.ensure_kept()?;
                Ok(vec![NoteEvent::NoteDrafted { content: Box::new(content), by, at }])
            }
            Self::Draft(_) | Self::Discarded | Self::Signed(_) | Self::EnteredInError { .. } => {
                Err(NoteError::AlreadyWritten)
            }
        }
    }

    /// Goes on writing; the same again is no event.
    ///
    /// # Errors
    /// When it is no draft of theirs, has no type or title, or is endless.
    pub fn change(&self, content: NoteContent, by: AccountId, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        let draft = self.own_draft(by)?;
        if draft.content == content {
            return Ok(vec![]);
        }
        content.ensure_kept()?;
        Ok(vec![NoteEvent::DraftChanged { content: Box::new(content), at }])
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// When it is no draft of theirs.
    pub fn discard(&self, by: AccountId, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        self.own_draft(by)?;
        Ok(vec![NoteEvent::DraftDiscarded { at }])
    }

    /// Whether somebody of those who may read the patient's notes may read this one: a draft is its author's, and of
    /// those who are to co-sign it.
    pub fn is_shown_to(&self, account: AccountId, role: &RoleName) -> bool {
        match self {
            Self::Unwritten | Self::Discarded => false,
            Self::Draft(draft) => draft.author == account || draft.requests.iter().any(|one| one.of.has(account, role)),
            Self::Signed(_) | Self::EnteredInError { .. } => true,
        }
    }
}
