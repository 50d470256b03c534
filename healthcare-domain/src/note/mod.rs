//! Clinical notes: drafted, signed, co-signed, amended. A note that was signed never changes: an amendment is a further
//! version beside it.

mod amend;
mod came;
mod content;
mod cosign;
mod draft;
mod event;
#[cfg(test)]
mod note_test;
mod sign;

pub use amend::Amendment;
pub use came::CameAs;
pub use content::{CHARACTERS, ContentHash, Elsewhere, FromTemplate, NoteContent, SECTIONS, Section, TITLE};
pub use event::NoteEvent;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EventSourced, StreamType, id::AccountId, id::NoteId, party::Party, reference::Reference, text::Remark};

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// Somebody of this house.
    Account(AccountId),
    /// Somebody another system names.
    Elsewhere(Reference),
}

impl Author {
    /// The account, if it is one of this house.
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(*account),
            Self::Elsewhere(_) => None,
        }
    }
}

/// A version of a signed note. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = NoteVersion)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// What it says.
    pub content: NoteContent,
    /// Who signed it; several where another system says so.
    pub authors: Vec<Author>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why it was amended; absent on the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Remark>,
    /// SHA-256 of the content, as it was signed.
    pub hash: ContentHash,
}

impl Version {
    /// Whether the content is still what was signed.
    pub fn is_intact(&self) -> bool {
        ContentHash::of(&self.content) == self.hash
    }
}

/// That somebody is asked to co-sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CosignRequest {
    /// Who is asked.
    pub of: Party,
    /// Who asks.
    pub by: AccountId,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// That somebody co-signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cosignature {
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// Which version.
    pub version: u32,
    /// The hash of what was co-signed.
    pub hash: ContentHash,
}

/// A note that nobody has signed yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What it says so far.
    pub content: NoteContent,
    /// Whose it is.
    pub author: AccountId,
    /// Since when.
    pub begun_at: DateTime<Utc>,
    /// Who will be asked to co-sign; they may read it.
    pub requests: Vec<CosignRequest>,
}

/// A note that was signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    first: Version,
    amendments: Vec<Version>,
    /// Who is asked to co-sign and has not yet.
    pub requests: Vec<CosignRequest>,
    /// Who did.
    pub cosignatures: Vec<Cosignature>,
}

impl Signed {
    /// With a further version.
    fn amended(
        mut self,
        (content, authors): (NoteContent, &[Author]),
        reason: &Remark,
        at: DateTime<Utc>,
        hash: &ContentHash,
    ) -> Self {
        self.amendments.push(Version {
            number: self.current().number + 1,
            content,
            authors: authors.to_vec(),
            at,
            reason: Some(reason.clone()),
            hash: hash.clone(),
        });
        self
    }

    /// The version that counts.
    pub fn current(&self) -> &Version {
        self.amendments.last().unwrap_or(&self.first)
    }

    /// All versions, the first one first.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.first).chain(&self.amendments)
    }
}

/// The state of one note.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Note {
    /// Nothing was written.
    #[default]
    Unwritten,
    /// It is being written.
    Draft(Box<Draft>),
    /// It was thrown away before anybody signed it.
    Discarded,
    /// It stands.
    Signed(Box<Signed>),
    /// It should never have been written; it is kept for the history.
    EnteredInError {
        /// What was signed.
        was: Box<Signed>,
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about a note is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// There is no such note.
    #[error("there is no such note")]
    Unwritten,
    /// It is written already.
    #[error("the note is already written")]
    AlreadyWritten,
    /// It was signed: what was signed does not change.
    #[error("the note was signed and can only be amended")]
    Signed,
    /// Nobody has signed it yet.
    #[error("the note was not signed yet")]
    NotSigned,
    /// It was thrown away or struck out.
    #[error("the note is no longer in force")]
    NotInForce,
    /// It is somebody else's draft.
    #[error("a draft is its author's alone")]
    NotTheAuthor,
    /// Nobody asked for that.
    #[error("no such co-signature was asked for")]
    NotAsked,
    /// It was asked for already.
    #[error("the co-signature was asked for already")]
    AlreadyAsked,
    /// Who signed does not co-sign.
    #[error("who signed a note does not co-sign it")]
    OwnNote,
    /// There is no such account or role, or it may not co-sign.
    #[error("there is no such account or role, or it may not co-sign")]
    NoSuchCosigner,
    /// It names no type.
    #[error("a note names its type by a code or in words")]
    NoType,
    /// It has no title, or too long a one.
    #[error("a note has a title of 1 to 200 characters")]
    NoTitle,
    /// It says nothing.
    #[error("a note that is signed says something")]
    SaysNothing,
    /// A section that its template requires is blank; which, from 0.
    #[error("a section that the template requires is blank")]
    Incomplete(usize),
    /// It is too long.
    #[error("a note has at most 50 sections and 100,000 characters")]
    TooLong,
    /// It amends nothing.
    #[error("an amendment changes something")]
    NothingAmended,
    /// There is no such template of notes, or it is retired.
    #[error("there is no such template, or it is retired")]
    NoSuchTemplate,
}

impl EventSourced for Note {
    type Id = NoteId;
    type Event = NoteEvent;
    type Error = NoteError;
    const STREAM: StreamType = StreamType::Note;

    fn apply(&mut self, event: &NoteEvent) {
        *self = event::applied(std::mem::take(self), event);
    }
}

impl Note {
    /// Why what is asked of a draft cannot be done here.
    fn no_draft(&self) -> NoteError {
        match self {
            Self::Unwritten => NoteError::Unwritten,
            Self::Draft(_) => NoteError::NotTheAuthor,
            Self::Signed(_) => NoteError::Signed,
            Self::Discarded | Self::EnteredInError { .. } => NoteError::NotInForce,
        }
    }

    /// Why what is asked of a signed note cannot be done here.
    fn not_signed(&self) -> NoteError {
        match self {
            Self::Unwritten => NoteError::Unwritten,
            Self::Draft(_) => NoteError::NotSigned,
            Self::Signed(_) | Self::Discarded | Self::EnteredInError { .. } => NoteError::NotInForce,
        }
    }

    /// The draft, for its author.
    fn own_draft(&self, by: AccountId) -> Result<&Draft, NoteError> {
        match self {
            Self::Draft(draft) if draft.author == by => Ok(draft),
            _ => Err(self.no_draft()),
        }
    }

    /// The note, while it stands signed.
    fn standing(&self) -> Result<&Signed, NoteError> {
        match self {
            Self::Signed(signed) => Ok(signed),
            _ => Err(self.not_signed()),
        }
    }
}
