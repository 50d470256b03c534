//! What the rules know: drugs and their classes, value sets, and tables of interactions, cross-reactions,
//! contraindications and cautions. All of it is data (`knowledge/*.json`), checked when it is loaded.

mod allergen;
mod bits;
mod dosing;
mod drug;
mod drug_rows;
mod embedded;
mod hash;
mod load;
mod product_name;
mod selector;
mod site;
mod strength;
mod table;
mod value_set;

use healthcare_domain::code::Coding;

use crate::text::Text;
pub(crate) use allergen::{AllergenMap, MappedAllergy};
pub(crate) use bits::Bits;
pub(crate) use dosing::{DoseLimit, Measure, Monitoring, OpioidFactor, OpioidThreshold, RenalLimit};
pub use drug::{Ingredient, MappedDrug, label as medication_label};
pub(crate) use drug::{IngredientId, Product, label};
pub(crate) use drug_rows::DrugRows;
pub(crate) use hash::KnowledgeMap;
pub use load::KnowledgeSource;
use product_name::Word;
pub(crate) use selector::DrugSet;
pub use site::{SiteChange, SiteError, SiteKnowledge};
pub(crate) use strength::Strength;
pub(crate) use table::{AgeCaution, Caution, Contraindication, DrugPair, Duplicate, PairTable, Row};
#[cfg(test)]
pub(crate) use value_set::VALUE_SET;
pub(crate) use value_set::{ValueSet, ValueSetId, ValueSets};

/// A class of drugs, with its members spread out.
#[derive(Debug, Clone)]
pub(crate) struct DrugClass {
    pub(crate) title: Text,
    pub(crate) members: Bits,
}

/// Everything loaded and checked, indexed for evaluation.
#[derive(Debug)]
pub struct Knowledge {
    pub(crate) ingredients: Vec<Ingredient>,
    pub(crate) by_rxcui: KnowledgeMap<Text, IngredientId>,
    /// RxCUIs of products.
    pub(crate) by_product: KnowledgeMap<u32, Product>,
    pub(crate) by_name: KnowledgeMap<Text, Vec<IngredientId>>,
    /// The words that product names are read by.
    pub(crate) words_of_names: KnowledgeMap<Text, Word>,
    pub(crate) classes: Vec<DrugClass>,
    pub(crate) class_by_id: KnowledgeMap<Text, usize>,
    /// The class `through-the-skin`: their creams and sprays are meant for the whole body.
    pub(crate) through_the_skin: Bits,
    pub(crate) value_sets: ValueSets,
    pub(crate) allergens: AllergenMap,
    pub(crate) interactions: PairTable,
    pub(crate) cross_reactions: PairTable,
    pub(crate) contraindications: DrugRows<Contraindication>,
    /// The value sets that a contraindication names.
    pub(crate) contraindicating: Bits,
    /// Whether a drug that was not recognised matters only beside a condition that a contraindication names.
    pub(crate) only_named_conditions: bool,
    pub(crate) pregnancy: DrugRows<Caution>,
    pub(crate) lactation: DrugRows<Caution>,
    pub(crate) age_cautions: DrugRows<AgeCaution>,
    pub(crate) dose_limits: DrugRows<DoseLimit>,
    /// Whether a total of a day of which a part is not known is told as not checked.
    pub(crate) tells_incomplete_totals: bool,
    /// Whether of several strengths that the names of a drug tell the highest counts.
    pub(crate) highest_strength_counts: bool,
    pub(crate) renal_limits: DrugRows<RenalLimit>,
    pub(crate) monitoring: DrugRows<Monitoring>,
    pub(crate) opioid_factors: DrugRows<OpioidFactor>,
    /// Whether opioids count by the way they are given.
    pub(crate) opioids_by_route: bool,
    /// Whether an opioid of several orders is named once in what the total is told of.
    pub(crate) opioids_named_once: bool,
    /// Words of names that are those of extended release alone, in lower case.
    pub(crate) extended_release: Vec<Text>,
    pub(crate) opioid_thresholds: Vec<OpioidThreshold>,
    pub(crate) duplicates: DrugRows<Duplicate>,
    words: std::sync::Arc<str>,
    sha256: String,
}

impl Knowledge {
    /// How many ingredients, classes and interaction rows are known: for a start-up log and for tests.
    #[must_use]
    pub fn size(&self) -> (usize, usize, usize) {
        (self.ingredients.len(), self.classes.len(), self.interactions.rows.len())
    }

    /// The files it was loaded from: a JSON object of the text of each by its name.
    #[must_use]
    pub fn words(&self) -> &std::sync::Arc<str> {
        &self.words
    }

    /// SHA-256 of [`Knowledge::words`], in hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether these codes of a condition say that the patient is pregnant.
    #[must_use]
    pub fn says_pregnant(&self, condition: &[healthcare_domain::code::Coding]) -> bool {
        let set = self.value_sets.by_id.get("pregnancy-condition");
        set.is_some_and(|set| self.value_sets.of_condition(condition).contains(set))
    }

    /// The classes an ingredient belongs to, by title.
    #[must_use]
    pub fn classes_of(&self, ingredient: &str) -> Vec<&str> {
        let Some([id]) = self.by_name.get(&Text::from(ingredient)).map(Vec::as_slice) else { return vec![] };
        self.classes
            .iter()
            .filter(|class| class.members.contains(id.index()))
            .map(|class| class.title.as_str())
            .collect()
    }

    /// The coding of an ingredient.
    pub(crate) fn coding(&self, id: IngredientId) -> &Coding {
        &self.ingredients[id.index()].coding
    }

    /// The name of an ingredient.
    pub(crate) fn name(&self, id: IngredientId) -> &Text {
        &self.ingredients[id.index()].name
    }
}
