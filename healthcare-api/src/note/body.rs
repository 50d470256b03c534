//! A note as it is sent.

use chrono::{DateTime, Utc};
use healthcare_application::note::NewNote;
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, TemplateId},
    note::{CHARACTERS, SECTIONS, Section, TITLE},
    party::Party,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::http::bounds::concept;

/// Sections whose parts are not endless; how much they say together is the domain's.
pub fn sections(all: &[Section]) -> Result<(), ValidationError> {
    let short = |text: &Option<String>, most: usize| text.as_ref().is_none_or(|text| text.chars().count() <= most);
    for Section { title, code, prompt, text, required: _ } in all {
        code.iter().try_for_each(concept)?;
        if !short(title, TITLE) || !short(prompt, 2_000) || text.chars().count() > CHARACTERS {
            let message = "a title has at most 200 characters, a prompt 2,000, a text 100,000";
            return Err(ValidationError::new("length").with_message(message.into()));
        }
    }
    if all.len() > SECTIONS {
        return Err(ValidationError::new("length").with_message("at most 50 sections".into()));
    }
    Ok(())
}

/// A note. What the template says need not be sent.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteNote {
    /// What kind of document (LOINC), e.g. 11506-3, progress note; the template's if absent.
    #[validate(custom(function = "concept"))]
    note_type: Option<CodeableConcept>,
    /// Its title; the template's if absent.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// The language (BCP 47), by which it is searched; English if absent.
    #[validate(length(min = 2, max = 35))]
    #[schema(min_length = 2, max_length = 35, example = "en")]
    language: Option<String>,
    /// The time it tells of; now if absent.
    told_of_at: Option<DateTime<Utc>>,
    /// During which visit.
    encounter: Option<EncounterId>,
    /// Begun from this template.
    template: Option<TemplateId>,
    /// Its parts; those of the template, blank, if absent.
    #[serde(default)]
    #[validate(custom(function = "sections"))]
    #[schema(max_items = 50)]
    sections: Vec<Section>,
    /// Who is asked to co-sign: accounts or roles.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    cosigners: Vec<Party>,
    /// Whether it is signed at once.
    sign: Option<bool>,
}

impl WriteNote {
    /// The note as the application takes it; signed at once where nothing else is said, if `sign`.
    pub fn written(self, sign: bool) -> NewNote {
        let Self { note_type, title, language, told_of_at, encounter, template, sections, cosigners, sign: said } =
            self;
        let sign = said.unwrap_or(sign);
        NewNote { note_type, title, language, told_of_at, encounter, template, sections, cosigners, sign }
    }
}
