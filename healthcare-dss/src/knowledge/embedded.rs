//! The knowledge shipped within the binary.

use super::{Knowledge, KnowledgeSource};
use crate::rule::RuleError;

impl KnowledgeSource<'static> {
    /// The files shipped with this version.
    pub(super) const EMBEDDED: Self = Self {
        ingredients: include_str!("../../knowledge/ingredients.json"),
        products: include_str!("../../knowledge/products.json"),
        classes: include_str!("../../knowledge/classes.json"),
        value_sets: include_str!("../../knowledge/value-sets.json"),
        allergens: include_str!("../../knowledge/allergens.json"),
        cross_reactions: include_str!("../../knowledge/cross-reactions.json"),
        interactions: include_str!("../../knowledge/interactions.json"),
        contraindications: include_str!("../../knowledge/contraindications.json"),
        pregnancy: include_str!("../../knowledge/pregnancy.json"),
        lactation: include_str!("../../knowledge/lactation.json"),
        dose_limits: include_str!("../../knowledge/dose-limits.json"),
        renal_limits: include_str!("../../knowledge/renal-limits.json"),
        monitoring: include_str!("../../knowledge/monitoring.json"),
        opioids: include_str!("../../knowledge/opioids.json"),
        age_cautions: include_str!("../../knowledge/age-cautions.json"),
        duplicates: include_str!("../../knowledge/duplicates.json"),
        site: None,
    };
}

impl Knowledge {
    /// Loads the knowledge shipped with this version.
    ///
    /// # Errors
    /// Data that does not hold together; a test keeps this from being shipped.
    pub fn embedded() -> Result<Self, RuleError> {
        Self::load(&KnowledgeSource::EMBEDDED)
    }
}
