//! Notes over REST.

mod amend_note;
mod body;
mod change_draft;
mod cosign_note;
mod draft_note;
mod enter_note_in_error;
mod get_note;
mod list_notes;
mod search_notes;
mod sign_note;

pub(crate) use body::WriteNote;

use actix_web::http::StatusCode;
use healthcare_domain::note::NoteError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(draft_note::draft_note)
        .service(list_notes::list_notes)
        .service(search_notes::search_patient_notes)
        .service(search_notes::search_notes)
        .service(get_note::get_note)
        .service(get_note::note_versions)
        .service(change_draft::change_draft)
        .service(change_draft::discard_draft)
        .service(sign_note::sign_note)
        .service(cosign_note::request_cosign)
        .service(cosign_note::withdraw_cosign)
        .service(cosign_note::cosign_note)
        .service(amend_note::amend_note)
        .service(enter_note_in_error::enter_note_in_error);
}

impl DomainProblem for NoteError {
    const CONTEXT: &'static str = "note";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (conflict, cannot_be) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Unwritten => (StatusCode::NOT_FOUND, "unwritten", "There is no such note"),
            Self::AlreadyWritten => (conflict, "already-written", "The note is already written"),
            Self::Signed => (conflict, "signed", "The note was signed"),
            Self::NotSigned => (conflict, "not-signed", "The note was not signed yet"),
            Self::NotInForce => (conflict, "not-in-force", "The note is no longer in force"),
            Self::NotTheAuthor => (StatusCode::FORBIDDEN, "not-the-author", "A draft is its author's alone"),
            Self::NotAsked => (conflict, "not-asked", "No such co-signature was asked for"),
            Self::AlreadyAsked => (conflict, "already-asked", "The co-signature was asked for already"),
            Self::OwnNote => (conflict, "own-note", "Who signed a note does not co-sign it"),
            Self::NoSuchCosigner => (cannot_be, "no-such-cosigner", "They cannot be asked to co-sign"),
            Self::NoType => (cannot_be, "no-type", "A note names its type"),
            Self::NoTitle => (cannot_be, "no-title", "A note has a title"),
            Self::SaysNothing => (cannot_be, "says-nothing", "A note that is signed says something"),
            Self::Incomplete(_) => (cannot_be, "incomplete", "A section that the template requires is blank"),
            Self::TooLong => (cannot_be, "too-long", "The note is too long"),
            Self::NothingAmended => (cannot_be, "nothing-amended", "An amendment changes something"),
            Self::NoSuchTemplate => (cannot_be, "no-such-template", "There is no such template"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoType => Some("/note_type"),
            Self::NoTitle => Some("/title"),
            Self::SaysNothing | Self::Incomplete(_) | Self::TooLong | Self::NothingAmended => Some("/sections"),
            Self::NoSuchTemplate => Some("/template"),
            Self::Unwritten
            | Self::AlreadyWritten
            | Self::Signed
            | Self::NotSigned
            | Self::NotInForce
            | Self::NotTheAuthor
            | Self::NotAsked
            | Self::AlreadyAsked
            | Self::OwnNote
            | Self::NoSuchCosigner => None,
        }
    }
}
