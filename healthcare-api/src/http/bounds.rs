//! How much a body may hold: bounds of shape, so that no request is endless. What can be true is the domain's.

use std::borrow::Cow;

use healthcare_domain::{code::CodeableConcept, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

const MANY: usize = 50;
const LONG: usize = 500;

/// Why something is done.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// In the words of whoever does it.
    pub reason: Remark,
}

/// A command that says nothing but that it is to be done.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

fn refused(message: &'static str) -> ValidationError {
    ValidationError::new("length").with_message(Cow::Borrowed(message))
}

/// A concept of at most 50 codes, each part at most 500 characters.
///
/// # Errors
/// When it holds more.
pub fn concept(concept: &CodeableConcept) -> Result<(), ValidationError> {
    let fits = |text: &str| text.chars().count() <= LONG;
    let codings_fit = concept.coding.iter().all(|c| {
        !c.code.trim().is_empty() && fits(&c.system) && fits(&c.code) && c.display.as_deref().is_none_or(fits)
    });
    if concept.coding.len() <= MANY && codings_fit && concept.text.as_deref().is_none_or(fits) {
        Ok(())
    } else {
        Err(refused("at most 50 codes, none empty, and 500 characters a part"))
    }
}

/// At most 50 concepts.
///
/// # Errors
/// When there are more, or one is too large.
pub fn concepts(all: &[CodeableConcept]) -> Result<(), ValidationError> {
    if all.len() > MANY {
        return Err(refused("at most 50"));
    }
    all.iter().try_for_each(concept)
}

/// At most 50 short words.
///
/// # Errors
/// When there are more, or one is longer than 500 characters.
pub fn words(all: &[String]) -> Result<(), ValidationError> {
    if all.len() <= MANY && all.iter().all(|text| text.chars().count() <= LONG) {
        Ok(())
    } else {
        Err(refused("at most 50, of at most 500 characters"))
    }
}
