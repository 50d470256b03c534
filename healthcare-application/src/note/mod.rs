//! Notes: drafted, signed, co-signed, amended, found.

mod amend_note;
mod cosign_note;
mod draft_note;
mod get_note;
mod list_notes;
mod model;
mod search_notes;
mod sign_note;

pub use amend_note::{amend_note, enter_note_in_error};
pub use cosign_note::{cosign_note, request_cosign, withdraw_cosign};
pub use draft_note::{NewNote, change_draft, discard_draft, draft_note};
pub(crate) use draft_note::{asked, begun, decide_new};
pub use get_note::{VersionPage, VersionPaging, VersionView, get_note, note_versions};
pub use list_notes::list_notes;
pub use model::{FoundNote, NoteFilter, NoteModel, NoteSearch, NoteStatus, NotesFound, Piece, RankCursor};
pub use search_notes::search_notes;
pub use sign_note::sign_note;

use healthcare_domain::note::NoteError;

use crate::{CommandError, store::Committed};

/// What came of a command about a note.
type Changed = Result<Committed, CommandError<NoteError>>;
