//! Reading and checking the knowledge files.

mod classes;
mod documents;
mod dosing;
mod ingredients;
mod products;
mod tables;
mod vocabulary;

use std::collections::BTreeMap;

use super::product_name::words_of_names;
use super::{AllergenMap, Bits, DrugRows, Knowledge, KnowledgeMap, PairTable, ValueSets};
use crate::rule::RuleError;

/// The texts of the knowledge files.
#[derive(Debug, Clone, Copy)]
pub struct KnowledgeSource<'a> {
    /// `ingredients.json`
    pub ingredients: &'a str,
    /// `products.json`
    pub products: &'a str,
    /// `classes.json`
    pub classes: &'a str,
    /// `value-sets.json`
    pub value_sets: &'a str,
    /// `allergens.json`
    pub allergens: &'a str,
    /// `cross-reactions.json`
    pub cross_reactions: &'a str,
    /// `interactions.json`
    pub interactions: &'a str,
    /// `contraindications.json`
    pub contraindications: &'a str,
    /// `pregnancy.json`
    pub pregnancy: &'a str,
    /// `lactation.json`
    pub lactation: &'a str,
    /// `dose-limits.json`
    pub dose_limits: &'a str,
    /// `renal-limits.json`
    pub renal_limits: &'a str,
    /// `monitoring.json`
    pub monitoring: &'a str,
    /// `opioids.json`
    pub opioids: &'a str,
    /// `age-cautions.json`
    pub age_cautions: &'a str,
    /// `duplicates.json`
    pub duplicates: &'a str,
    /// The files that a site laid over those above, as it wrote them: a JSON object of their texts. They are kept with what
    /// judged; what they change stands in the files above.
    pub site: Option<&'a str>,
}

/// The name under which [`KnowledgeSource::site`] is kept.
const SITE: &str = "site";

impl<'a> KnowledgeSource<'a> {
    /// The files by their names. Taken apart whole, so that a new file cannot be forgotten.
    pub(super) fn files(&self) -> BTreeMap<&'static str, &'a str> {
        let Self {
            ingredients,
            products,
            classes,
            value_sets,
            allergens,
            cross_reactions,
            interactions,
            contraindications,
            pregnancy,
            lactation,
            dose_limits,
            renal_limits,
            monitoring,
            opioids,
            age_cautions,
            duplicates,
            site,
        } = *self;
        let mut files = BTreeMap::from([
            ("ingredients.json", ingredients),
            ("products.json", products),
            ("classes.json", classes),
            ("value-sets.json", value_sets),
            ("allergens.json", allergens),
            ("cross-reactions.json", cross_reactions),
            ("interactions.json", interactions),
            ("contraindications.json", contraindications),
            ("pregnancy.json", pregnancy),
            ("lactation.json", lactation),
            ("dose-limits.json", dose_limits),
            ("renal-limits.json", renal_limits),
            ("monitoring.json", monitoring),
            ("opioids.json", opioids),
            ("age-cautions.json", age_cautions),
            ("duplicates.json", duplicates),
        ]);
        files.extend(site.map(|site| (SITE, site)));
        files
    }

    /// The source from files by their names, as [`Knowledge::words`] keeps them.
    ///
    /// # Errors
    /// When a file that this program needs is not among them: it was kept by an older one.
    pub fn of_files(files: &'a BTreeMap<String, String>) -> Result<Self, RuleError> {
        let file = |name: &str| {
            let found = files.get(name).map(String::as_str);
            found.ok_or_else(|| RuleError::at("knowledge", name, "this file was not kept then".to_owned()))
        };
        Ok(Self {
            ingredients: file("ingredients.json")?,
            products: file("products.json")?,
            classes: file("classes.json")?,
            value_sets: file("value-sets.json")?,
            allergens: file("allergens.json")?,
            cross_reactions: file("cross-reactions.json")?,
            interactions: file("interactions.json")?,
            contraindications: file("contraindications.json")?,
            pregnancy: file("pregnancy.json")?,
            lactation: file("lactation.json")?,
            dose_limits: file("dose-limits.json")?,
            renal_limits: file("renal-limits.json")?,
            monitoring: file("monitoring.json")?,
            opioids: file("opioids.json")?,
            age_cautions: file("age-cautions.json")?,
            duplicates: file("duplicates.json")?,
            site: files.get(SITE).map(String::as_str),
        })
    }
}

impl Knowledge {
    /// Reads and checks every file.
    ///
    /// # Errors
    /// The first fault, with its file, JSON path and reason: malformed JSON, unknown fields, or a reference to a
    /// drug, class, value set or source that is not there.
    pub fn load(source: &KnowledgeSource<'_>) -> Result<Self, RuleError> {
        // A map of texts; writing it cannot fail.
        let words = serde_json::to_string(&source.files()).unwrap_or_default();
        let mut knowledge = Self {
            ingredients: vec![],
            by_rxcui: KnowledgeMap::default(),
            by_product: KnowledgeMap::default(),
            by_name: KnowledgeMap::default(),
            words_of_names: words_of_names(),
            classes: vec![],
            class_by_id: KnowledgeMap::default(),
            through_the_skin: Bits::new(0),
            value_sets: ValueSets::default(),
            allergens: AllergenMap::default(),
            interactions: PairTable::new(vec![], 0),
            cross_reactions: PairTable::new(vec![], 0),
            contraindications: DrugRows::default(),
            contraindicating: Bits::new(0),
            only_named_conditions: false,
            pregnancy: DrugRows::default(),
            lactation: DrugRows::default(),
            age_cautions: DrugRows::default(),
            dose_limits: DrugRows::default(),
            renal_limits: DrugRows::default(),
            monitoring: DrugRows::default(),
            opioid_factors: DrugRows::default(),
            opioids_by_route: false,
            opioids_named_once: false,
            extended_release: vec![],
            tells_incomplete_totals: false,
            highest_strength_counts: false,
            opioid_thresholds: vec![],
            duplicates: DrugRows::default(),
            sha256: crate::edition::digest(&[words.as_bytes()]),
            words: words.into(),
        };
        knowledge.load_ingredients(source.ingredients)?;
        knowledge.load_products(source.products)?;
        knowledge.load_classes(source.classes)?;
        knowledge.load_value_sets(source.value_sets)?;
        knowledge.load_allergens(source.allergens)?;
        knowledge.cross_reactions = knowledge.pair_table("cross-reactions.json", source.cross_reactions)?;
        knowledge.interactions = knowledge.pair_table("interactions.json", source.interactions)?;
        knowledge.load_contraindications(source.contraindications)?;
        knowledge.load_pregnancy(source.pregnancy)?;
        knowledge.load_lactation(source.lactation)?;
        knowledge.load_dose_limits(source.dose_limits)?;
        knowledge.load_renal_limits(source.renal_limits)?;
        knowledge.load_monitoring(source.monitoring)?;
        knowledge.load_opioids(source.opioids)?;
        knowledge.load_age_cautions(source.age_cautions)?;
        knowledge.load_duplicates(source.duplicates)?;
        Ok(knowledge)
    }
}
