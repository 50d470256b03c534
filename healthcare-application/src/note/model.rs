//! The port to notes as they are listed and found.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::id::{AccountId, EncounterId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Actor, Circle, Permit},
    read::{NotACursor, Page, Paging},
    store::StoreError,
};

/// Where a note stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoteStatus {
    /// It is being written: one's own, and those one is to co-sign.
    Draft,
    /// It was signed and not amended.
    Signed,
    /// It was amended.
    Amended,
    /// It was struck out.
    EnteredInError,
}

impl NoteStatus {
    /// The name it is stored and listed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Signed => "signed",
            Self::Amended => "amended",
            Self::EnteredInError => "entered-in-error",
        }
    }
}

/// Which notes of a patient to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct NoteFilter {
    /// That stand here; those in force and one's own drafts if absent.
    pub status: Option<NoteStatus>,
    /// Of this type, by its code.
    pub note_type: Option<String>,
    /// Signed or being written by this account.
    pub author: Option<AccountId>,
    /// Of this visit.
    pub encounter: Option<EncounterId>,
    /// That tell of this time or later.
    pub from: Option<DateTime<Utc>>,
    /// That tell of a time before.
    pub until: Option<DateTime<Utc>>,
}

/// A place in what was found: behind this rank and this note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankCursor {
    /// The rank of the last one seen.
    pub rank: f32,
    /// The last one seen.
    pub id: Uuid,
}

impl std::fmt::Display for RankCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}.{}", self.rank.to_bits(), self.id.simple())
    }
}

impl std::str::FromStr for RankCursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (rank, id) = text.split_once('.').ok_or(NotACursor)?;
        let rank = f32::from_bits(u32::from_str_radix(rank, 16).map_err(|_| NotACursor)?);
        if !rank.is_finite() {
            return Err(NotACursor);
        }
        Ok(Self { rank, id: id.parse().map_err(|_| NotACursor)? })
    }
}

/// What to look for in notes.
#[derive(Debug, Clone)]
pub struct NoteSearch {
    /// In words, as one types them: several must all be there, `"…"` is a phrase, `or` is or, `-` leaves out. Case and
    /// accents do not matter.
    pub words: String,
    /// The language of the words (BCP 47), by which they are stemmed.
    pub language: String,
    /// Of this type, by its code.
    pub note_type: Option<String>,
    /// That tell of this time or later.
    pub from: Option<DateTime<Utc>>,
    /// That tell of a time before.
    pub until: Option<DateTime<Utc>>,
    /// Behind this place.
    pub after: Option<RankCursor>,
    /// At most this many, 1 to 200.
    pub limit: u16,
}

/// A piece of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Piece {
    /// The words as they were written.
    pub text: String,
    /// Whether they are what was looked for.
    pub found: bool,
}

/// A note that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundNote {
    /// The note in brief.
    #[schema(value_type = Object)]
    pub note: Box<RawValue>,
    /// How well it fits; more is better.
    pub rank: f32,
    /// Where it says it.
    pub excerpt: Vec<Piece>,
}

/// A page of what was found, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotesFound {
    /// The notes.
    pub items: Vec<FoundNote>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// Notes as they are listed and found. A draft is shown to its author and to those who are to co-sign it alone.
#[async_trait]
pub trait NoteModel: Send + Sync {
    /// The notes of the permit's patient, in brief.
    async fn notes(
        &self,
        permit: &Permit,
        reader: &Actor,
        filter: &NoteFilter,
        paging: &Paging,
    ) -> Result<Page, StoreError>;

    /// What words find among the notes of the permit's patient, or of the circle's when the permit names none.
    async fn find_notes(
        &self,
        permit: &Permit,
        circle: &Circle,
        reader: &Actor,
        search: &NoteSearch,
    ) -> Result<NotesFound, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_what_was_found_is_read_back() {
        let place = RankCursor { rank: 0.607_927_1, id: Uuid::from_u128(7) };
        assert_eq!(place.to_string().parse::<RankCursor>(), Ok(place));
        for wrong in ["", "1", "x.y", "7fc00000.00000000000000000000000000000007"] {
            assert_eq!(wrong.parse::<RankCursor>(), Err(NotACursor), "{wrong}");
        }
    }
}
