//! Codes from published terminologies, as FHIR carries them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// SNOMED CT.
pub const SNOMED: &str = "http://snomed.info/sct";
/// LOINC.
pub const LOINC: &str = "http://loinc.org";
/// RxNorm.
pub const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
/// ICD-10-CM.
pub const ICD10CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";
/// CVX, vaccines administered (CDC).
pub const CVX: &str = "http://hl7.org/fhir/sid/cvx";
/// UCUM, the units of measure.
pub const UCUM: &str = "http://unitsofmeasure.org";

/// One code of one terminology.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Coding {
    /// The terminology, as a URI.
    #[schema(example = "http://snomed.info/sct")]
    pub system: String,
    /// The code within it.
    #[schema(example = "91936005")]
    pub code: String,
    /// What the terminology calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Allergy to penicillin")]
    pub display: Option<String>,
}

impl Coding {
    /// A code with its display name.
    pub fn new(system: &str, code: &str, display: &str) -> Self {
        Self { system: system.into(), code: code.into(), display: Some(display.into()) }
    }
}

/// A concept: the same meaning in one or several terminologies, or in words only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeableConcept {
    /// The codes, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coding: Vec<Coding>,
    /// What was written where no code says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl CodeableConcept {
    /// A concept with one code.
    pub fn of(coding: Coding) -> Self {
        Self { text: coding.display.clone(), coding: vec![coding] }
    }

    /// A concept in words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { coding: vec![], text: Some(text.into()) }
    }

    /// The code in `system`, if there is one.
    pub fn code_in(&self, system: &str) -> Option<&str> {
        self.coding.iter().find(|c| c.system == system).map(|c| c.code.as_str())
    }

    /// What a person reads: the text, else the first display, else the first code.
    pub fn label(&self) -> &str {
        self.text
            .as_deref()
            .or_else(|| self.coding.iter().find_map(|c| c.display.as_deref()))
            .or_else(|| self.coding.first().map(|c| c.code.as_str()))
            .unwrap_or("")
    }

    /// Whether it says anything at all.
    pub fn is_empty(&self) -> bool {
        self.label().trim().is_empty()
    }
}
