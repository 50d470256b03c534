//! What can happen to a note, and what it makes of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Author, ContentHash, CosignRequest, Cosignature, Draft, Note, NoteContent, Signed, Version};
use crate::{Event, id::AccountId, party::Party, text::Remark};

/// What can happen to a note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum NoteEvent {
    /// Somebody began to write.
    NoteDrafted {
        /// What it says so far.
        content: Box<NoteContent>,
        /// Whose it is.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
    },
    /// Its author went on writing.
    DraftChanged {
        /// What it says now.
        content: Box<NoteContent>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Its author threw it away.
    DraftDiscarded {
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody is asked to co-sign.
    CosignRequested {
        /// Who.
        of: Party,
        /// Who asks.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
    },
    /// They are asked no longer.
    CosignWithdrawn {
        /// Who was.
        of: Party,
        /// When.
        at: DateTime<Utc>,
    },
    /// Its author signed it.
    NoteSigned {
        /// Who.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
        /// Of what was signed.
        hash: ContentHash,
    },
    /// Somebody who was asked co-signed it.
    NoteCosigned {
        /// Who.
        by: AccountId,
        /// Who was asked.
        of: Party,
        /// When.
        at: DateTime<Utc>,
        /// Which version.
        version: u32,
        /// Of what was co-signed.
        hash: ContentHash,
    },
    /// A further version was signed.
    NoteAmended {
        /// What it says.
        content: Box<NoteContent>,
        /// Who signed it.
        authors: Vec<Author>,
        /// Why.
        reason: Remark,
        /// When.
        at: DateTime<Utc>,
        /// Of what was signed.
        hash: ContentHash,
    },
    /// It came signed from another system.
    NoteImported {
        /// What it says.
        content: Box<NoteContent>,
        /// Who signed it there.
        authors: Vec<Author>,
        /// When.
        at: DateTime<Utc>,
        /// Of what came.
        hash: ContentHash,
    },
    /// It should never have been written.
    NoteEnteredInError {
        /// Why.
        reason: Remark,
    },
}

impl Event for NoteEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::NoteDrafted { .. } => "note.drafted",
            Self::DraftChanged { .. } => "note.draft.changed",
            Self::DraftDiscarded { .. } => "note.draft.discarded",
            Self::CosignRequested { .. } => "note.cosign.requested",
            Self::CosignWithdrawn { .. } => "note.cosign.withdrawn",
            Self::NoteSigned { .. } | Self::NoteImported { .. } => "note.signed",
            Self::NoteCosigned { .. } => "note.cosigned",
            Self::NoteAmended { .. } => "note.amended",
            Self::NoteEnteredInError { .. } => "note.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "DocumentReference"
    }
}

/// The state after an event. No event reaches into a version that was signed.
pub(super) fn applied(note: Note, event: &NoteEvent) -> Note {
    use NoteEvent as E;
    match (note, event) {
        (Note::Unwritten, E::NoteDrafted { content, by, at }) => {
            Note::Draft(Box::new(Draft { content: (**content).clone(), author: *by, begun_at: *at, requests: vec![] }))
        }
        (Note::Draft(mut draft), E::DraftChanged { content, at: _ }) => {
            draft.content.clone_from(content);
            Note::Draft(draft)
        }
        (Note::Draft(_), E::DraftDiscarded { at: _ }) => Note::Discarded,
        (Note::Draft(mut draft), E::CosignRequested { of, by, at }) => {
            draft.requests.push(CosignRequest { of: of.clone(), by: *by, at: *at });
            Note::Draft(draft)
        }
        (Note::Draft(mut draft), E::CosignWithdrawn { of, at: _ }) => {
            draft.requests.retain(|one| one.of != *of);
            Note::Draft(draft)
        }
        (Note::Draft(draft), E::NoteSigned { by, at, hash }) => {
            let Draft { content, requests, .. } = *draft;
            let authors = vec![Author::Account(*by)];
            let first = Version { number: 1, content, authors, at: *at, reason: None, hash: hash.clone() };
            Note::Signed(Box::new(Signed { first, amendments: vec![], requests, cosignatures: vec![] }))
        }
        (Note::Unwritten, E::NoteImported { content, authors, at, hash }) => {
            let content = (**content).clone();
            let first =
                Version { number: 1, content, authors: authors.clone(), at: *at, reason: None, hash: hash.clone() };
            Note::Signed(Box::new(Signed { first, amendments: vec![], requests: vec![], cosignatures: vec![] }))
        }
        (Note::Signed(mut signed), E::CosignRequested { of, by, at }) => {
            signed.requests.push(CosignRequest { of: of.clone(), by: *by, at: *at });
            Note::Signed(signed)
        }
        (Note::Signed(mut signed), E::CosignWithdrawn { of, at: _ }) => {
            signed.requests.retain(|one| one.of != *of);
            Note::Signed(signed)
        }
        (Note::Signed(mut signed), E::NoteCosigned { by, of, at, version, hash }) => {
            signed.requests.retain(|one| one.of != *of);
            signed.cosignatures.push(Cosignature { by: *by, at: *at, version: *version, hash: hash.clone() });
            Note::Signed(signed)
        }
        (Note::Signed(signed), E::NoteAmended { content, authors, reason, at, hash }) => {
            Note::Signed(Box::new(signed.amended(((**content).clone(), authors), reason, *at, hash)))
        }
        // What its source tells of it later, too.
        (Note::EnteredInError { was, reason: why }, E::NoteAmended { content, authors, reason, at, hash }) => {
            let was = Box::new(was.amended(((**content).clone(), authors), reason, *at, hash));
            Note::EnteredInError { was, reason: why }
        }
        (Note::Signed(was), E::NoteEnteredInError { reason }) => Note::EnteredInError { was, reason: reason.clone() },
        // No decision leads there; what happened is never refused.
        (
            unchanged,
            E::NoteDrafted { .. }
            | E::DraftChanged { .. }
            | E::DraftDiscarded { .. }
            | E::CosignRequested { .. }
            | E::CosignWithdrawn { .. }
            | E::NoteSigned { .. }
            | E::NoteCosigned { .. }
            | E::NoteAmended { .. }
            | E::NoteImported { .. }
            | E::NoteEnteredInError { .. },
        ) => unchanged,
    }
}
