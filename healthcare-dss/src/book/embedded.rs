//! The rules shipped within the binary.

use std::sync::Arc;

use super::RuleBook;
use crate::knowledge::Knowledge;
use crate::rule::RuleError;

macro_rules! rules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../rules/", $name, ".json")))),*]
    };
}

/// Name and text of every rule in `rules/`.
const RULES: &[(&str, &str)] = rules![
    "admission-allergies-unknown",
    "age-caution",
    "allergies-unknown",
    "allergy-conflict",
    "allergy-not-checked",
    "anticoagulant-low-platelets",
    "contraindication",
    "critical-calcium-high",
    "critical-calcium-low",
    "critical-glucose-high",
    "critical-glucose-low",
    "critical-glucose-low-newborn",
    "critical-haemoglobin-low",
    "critical-inr-high",
    "critical-lactate-high",
    "critical-platelets-low",
    "critical-potassium-high",
    "critical-potassium-low",
    "critical-sodium-high",
    "critical-sodium-low",
    "digoxin-hypokalaemia",
    "doac-low-egfr",
    "dose-limit",
    "drug-interaction",
    "drug-not-checked",
    "duplicate-therapy",
    "fentanyl-patch-new",
    "hypoglycaemia-drug",
    "implausible-result",
    "lactation",
    "long-acting-opioid-new",
    "metformin-egfr-30-to-45",
    "metformin-egfr-below-30",
    "metformin-egfr-unknown",
    "monitoring-due",
    "naloxone-offer",
    "news2-deteriorating",
    "news2-high",
    "news2-medium",
    "news2-single-three",
    "nsaid-low-egfr",
    "opioid-total",
    "opioid-with-sedatives",
    "potassium-raising-drug-hyperkalaemia",
    "pregnancy-contraindication",
    "qsofa",
    "qt-hypokalaemia",
    "raas-hyperkalaemia",
    "renal-limit",
    "sepsis-infection-news2",
    "sepsis-lactate",
    "teratogen-pregnancy-unknown",
    "vaccination-influenza-due",
    "vaccination-pneumococcal-due",
    "vte-prophylaxis",
    "warfarin-high-inr",
];

impl RuleBook {
    /// The shipped rules over the shipped knowledge.
    ///
    /// # Errors
    /// A fault in what was shipped; a test keeps that from happening.
    pub fn embedded() -> Result<Self, RuleError> {
        Self::from_embedded(Arc::new(Knowledge::embedded()?))
    }

    /// The shipped rules over a body of knowledge.
    ///
    /// # Errors
    /// A rule that refers to what this knowledge does not hold.
    pub fn from_embedded(knowledge: Arc<Knowledge>) -> Result<Self, RuleError> {
        Self::from_json(knowledge, RULES.iter().copied())
    }
}

#[cfg(test)]
#[path = "embedded_test.rs"]
mod tests;
