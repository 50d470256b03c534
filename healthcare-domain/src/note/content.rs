//! What a note says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{CameAs, NoteError};
use crate::{
    code::CodeableConcept,
    id::{EncounterId, TemplateId},
    reference::Identifier,
};

/// The most sections of a note.
pub const SECTIONS: usize = 50;
/// The most characters of all sections of a note that is written here.
pub const CHARACTERS: usize = 100_000;
/// The most characters of a title.
pub const TITLE: usize = 200;

/// What a note says (FHIR DocumentReference, Composition).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NoteContent {
    /// What kind of document it is (LOINC), e.g. 11506-3, progress note.
    pub note_type: CodeableConcept,
    /// Its title.
    pub title: String,
    /// The language it is written in (BCP 47), by which it is searched.
    #[schema(example = "en")]
    pub language: String,
    /// The time it tells of.
    pub told_of_at: DateTime<Utc>,
    /// During which visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EncounterId>,
    /// The template it was begun from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<FromTemplate>,
    /// What it says, part by part.
    pub sections: Vec<Section>,
    /// What its source says of it, where it was written in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Box<Elsewhere>>,
}

/// What another system says of a note beside its words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = NoteElsewhere)]
pub struct Elsewhere {
    /// Its numbers there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Where it came as a FHIR Composition: all that it said, but for whose it is, which visit it tells of and who wrote it.
    /// It goes out again as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub composition: Option<CameAs>,
}

/// A part of a note.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoteSection)]
pub struct Section {
    /// Its heading; a note of one part needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the part is about (LOINC), e.g. 10164-2, history of present illness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeableConcept>,
    /// What the template asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Whether a note is not signed without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The words.
    #[serde(default)]
    pub text: String,
}

/// Which template, as it was then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FromTemplate {
    /// The template.
    pub id: TemplateId,
    /// Its revision.
    pub revision: u32,
}

/// SHA-256 of a note's content, kept with each signature: what was signed is known by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ContentHash(pub String);

impl ContentHash {
    /// The hash of a content, over its JSON as it is stored.
    pub fn of(content: &NoteContent) -> Self {
        // A content is text, codes and times; writing it cannot fail.
        let json = serde_json::to_vec(content).unwrap_or_default();
        Self(hex::encode(Sha256::digest(json)))
    }
}

impl NoteContent {
    /// Whether it can be kept as a draft: it has a type and a title, and is not endless.
    pub(super) fn ensure_kept(&self) -> Result<(), NoteError> {
        let characters: usize = self.sections.iter().map(|section| section.text.chars().count()).sum();
        if self.note_type.is_empty() {
            Err(NoteError::NoType)
        } else if self.title.trim().is_empty() || self.title.chars().count() > TITLE {
            Err(NoteError::NoTitle)
        } else if self.sections.len() > SECTIONS || characters > CHARACTERS {
            Err(NoteError::TooLong)
        } else {
            Ok(())
        }
    }

    /// Whether it can be signed: it says something, and all that its template requires.
    pub(super) fn ensure_complete(&self) -> Result<(), NoteError> {
        self.ensure_kept()?;
        if let Some(blank) = self.sections.iter().position(|one| one.required && one.is_blank()) {
            return Err(NoteError::Incomplete(blank));
        }
        if self.sections.iter().all(Section::is_blank) { Err(NoteError::SaysNothing) } else { Ok(()) }
    }

    /// All of it as text: headings and words, without what a template asked.
    pub fn text(&self) -> String {
        let parts = self.sections.iter().filter(|section| !section.is_blank()).map(|section| match &section.title {
            Some(title) => format!("{title}\n{}", section.text.trim()),
            None => section.text.trim().to_owned(),
        });
        parts.collect::<Vec<_>>().join("\n\n")
    }
}

impl Section {
    /// Whether nothing is written in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}
