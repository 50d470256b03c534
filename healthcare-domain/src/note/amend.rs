//! Amending what was signed, beside it; striking it out; and what comes signed from another system.

use chrono::{DateTime, Utc};

use super::{Author, ContentHash, Elsewhere, Note, NoteContent, NoteError, NoteEvent, Section};
use crate::{id::AccountId, text::Remark};

/// What an amendment says in the place of what was said: type, visit and time stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    /// The title.
    pub title: String,
    /// The parts.
    pub sections: Vec<Section>,
    /// Why.
    pub reason: Remark,
}

impl Note {
    /// Signs a further version. The ones before stay as they are, readable by whoever may read the note.
    ///
    /// # Errors
    /// When it is not signed, or the amendment changes nothing, says nothing, or leaves out what is required.
    pub fn amend(&self, amendment: Amendment, by: AccountId, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        let current = self.standing()?.current();
        let Amendment { title, sections, reason } = amendment;
        if title == current.content.title && sections == current.content.sections {
            return Err(NoteError::NothingAmended);
        }
        // The document it came as says something else from now on; its numbers stay.
        let elsewhere = current.content.elsewhere.iter().filter(|there| !there.identifiers.is_empty());
        let elsewhere = elsewhere.map(|there| Elsewhere { composition: None, ..(**there).clone() }).next();
        let content = NoteContent { title, sections, elsewhere: elsewhere.map(Box::new), ..current.content.clone() };
        content.ensure_complete()?;
        let hash = ContentHash::of(&content);
        let authors = vec![Author::Account(by)];
        Ok(vec![NoteEvent::NoteAmended { content: Box::new(content), authors, reason, at, hash }])
    }

    /// Strikes it out; what was signed stays readable, marked.
    ///
    /// # Errors
    /// When it is not signed: a draft is thrown away.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<NoteEvent>, NoteError> {
        self.standing()?;
        Ok(vec![NoteEvent::NoteEnteredInError { reason }])
    }

    /// Takes what another system holds as signed. What it says anew is a further version; the same again is no event.
    ///
    /// # Errors
    /// When it is written here or struck out, or says nothing.
    pub fn import(
        &self,
        content: NoteContent,
        authors: Vec<Author>,
        at: DateTime<Utc>,
        reason: Remark,
    ) -> Result<Vec<NoteEvent>, NoteError> {
        let hash = ContentHash::of(&content);
        match self {
            Self::Unwritten if content.note_type.is_empty() => Err(NoteError::NoType),
            Self::Unwritten if content.sections.iter().all(Section::is_blank) => Err(NoteError::SaysNothing),
            Self::Unwritten => Ok(vec![NoteEvent::NoteImported { content: Box::new(content), authors, at, hash }]),
            Self::Signed(signed) if signed.current().content == content => Ok(vec![]),
            Self::Signed(_) => {
                Ok(vec![NoteEvent::NoteAmended { content: Box::new(content), authors, reason, at, hash }])
            }
            Self::Draft(_) => Err(NoteError::AlreadyWritten),
            Self::Discarded | Self::EnteredInError { .. } => Err(NoteError::NotInForce),
        }
    }

    /// Takes what another system says of a note that is struck out here and there: what it says anew is kept as a further
    /// version of what was struck, which stays struck; the same again is no event.
    ///
    /// # Errors
    /// When it is not struck out.
    pub fn import_struck(
        &self,
        content: NoteContent,
        authors: Vec<Author>,
        at: DateTime<Utc>,
        reason: Remark,
    ) -> Result<Vec<NoteEvent>, NoteError> {
        match self {
            Self::EnteredInError { was, .. } if was.current().content == content => Ok(vec![]),
            Self::EnteredInError { .. } => {
                let hash = ContentHash::of(&content);
                Ok(vec![NoteEvent::NoteAmended { content: Box::new(content), authors, reason, at, hash }])
            }
            Self::Unwritten => Err(NoteError::Unwritten),
            Self::Draft(_) => Err(NoteError::NotSigned),
            Self::Signed(_) => Err(NoteError::Signed),
            Self::Discarded => Err(NoteError::NotInForce),
        }
    }
}
