//! FHIR Medication: the drug that a request refers to.

use healthcare_domain::code;
use serde::Deserialize;

use super::{Refused, datatypes::CodeableConcept, parse::resource};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Resource {
    code: CodeableConcept,
    ingredient: Vec<Ingredient>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Ingredient {
    item_codeable_concept: Option<CodeableConcept>,
}

/// The drug: its code, else its one ingredient. `None` when it names neither.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str) -> Result<Option<code::CodeableConcept>, Refused> {
    let r: Resource = resource(raw)?;
    let named = r.code.to_domain();
    if !named.is_empty() {
        return Ok(Some(named));
    }
    let ingredients: Vec<_> = r.ingredient.iter().filter_map(|i| i.item_codeable_concept.as_ref()).collect();
    Ok(match ingredients[..] {
        [] => None,
        [one] => Some(one.to_domain()).filter(|c| !c.is_empty()),
        // No code stands for the mixture: it is named in words, and a check that cannot map it says so.
        ref several => {
            let words: Vec<_> = several.iter().map(|c| c.to_domain().label().to_owned()).collect();
            Some(code::CodeableConcept::words(words.join(" / ")))
        }
    })
}
