//! Co-signing: asked of somebody, and done.

use chrono::{DateTime, Utc};

use super::{Author, CosignRequest, Note, NoteError, NoteEvent};
use crate::{account::RoleName, id::AccountId, party::Party};

impl Note {
    /// Asks somebody to co-sign: the author while it is a draft, whoever signed a version afterwards.
    ///
    /// # Errors
    /// When it is neither a draft of theirs nor signed, they are asked already, or it is asked of oneself.
    pub fn request_cosign(&self, of: Party, by: AccountId, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        let requests = self.requests(by)?;
        if of == Party::Account(by) {
            Err(NoteError::OwnNote)
        } else if requests.iter().any(|one| one.of == of) {
            Err(NoteError::AlreadyAsked)
        } else {
            Ok(vec![NoteEvent::CosignRequested { of, by, at }])
        }
    }

    /// Asks them no longer.
    ///
    /// # Errors
    /// When nobody asked them, or it is neither a draft of theirs nor signed.
    pub fn withdraw_request(&self, of: &Party, by: AccountId, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        let asked = self.requests(by)?.iter().any(|one| one.of == *of);
        if asked { Ok(vec![NoteEvent::CosignWithdrawn { of: of.clone(), at }]) } else { Err(NoteError::NotAsked) }
    }

    /// Co-signs the version that counts. Who was asked by name answers that, else who has the role that was asked.
    ///
    /// # Errors
    /// When it is not signed, they were not asked, or they signed that version.
    pub fn cosign(&self, by: AccountId, role: &RoleName, at: DateTime<Utc>) -> Result<Vec<NoteEvent>, NoteError> {
        let signed = self.standing()?;
        let current = signed.current();
        if current.authors.iter().any(|author| author.account() == Some(by)) {
            return Err(NoteError::OwnNote);
        }
        let named = signed.requests.iter().find(|one| one.of == Party::Account(by));
        let asked = named.or_else(|| signed.requests.iter().find(|one| one.of.has(by, role)));
        let of = asked.ok_or(NoteError::NotAsked)?.of.clone();
        let (version, hash) = (current.number, current.hash.clone());
        Ok(vec![NoteEvent::NoteCosigned { by, of, at, version, hash }])
    }

    /// Who is asked, for those who may ask.
    fn requests(&self, by: AccountId) -> Result<&[CosignRequest], NoteError> {
        match self {
            Self::Draft(_) => Ok(&self.own_draft(by)?.requests),
            Self::Signed(signed) => {
                let mut authors =
                    signed.versions().flat_map(|version| &version.authors).filter_map(Author::account).peekable();
                // Of a note that came from elsewhere no account is the author: whoever may write asks.
                if authors.peek().is_none() || authors.any(|author| author == by) {
                    Ok(&signed.requests)
                } else {
                    Err(NoteError::NotTheAuthor)
                }
            }
            Self::Unwritten | Self::Discarded | Self::EnteredInError { .. } => Err(self.not_signed()),
        }
    }
}
