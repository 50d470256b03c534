//! The shape of the knowledge files.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::dose::DrugForm;
use crate::evidence::Evidence;
use crate::finding::Severity;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IngredientsDocument {
    pub(super) ingredients: Vec<IngredientDocument>,
    /// Brands of several ingredients.
    #[serde(default)]
    pub(super) combinations: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IngredientDocument {
    pub(super) name: String,
    #[serde(default)]
    pub(super) rxcui: Option<String>,
    /// Further RxCUIs, such as those of its salts.
    #[serde(default)]
    pub(super) also_rxcui: Vec<String>,
    /// Other names and brands.
    #[serde(default)]
    pub(super) names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassDocument {
    pub(super) id: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) members: Vec<String>,
    /// Classes named earlier in the file whose members belong to this one too.
    #[serde(default)]
    pub(super) includes: Vec<String>,
}

/// `value-sets.json`. Before spellings were read it was the list of sets alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueSetsDocument {
    /// Whether units are read as people and analysers write them, too.
    pub(super) spelled: bool,
    pub(super) sets: Vec<ValueSetDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueSetDocument {
    pub(super) id: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) snomed: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) icd10cm: Vec<String>,
    /// Further words for it.
    #[serde(default)]
    pub(super) words: Vec<String>,
    #[serde(default)]
    pub(super) loinc: BTreeMap<String, String>,
    /// Vaccines. They are known by code alone: "influenza" in words is the illness.
    #[serde(default)]
    pub(super) cvx: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "crate::number::optional")]
    pub(super) molar_mass: Option<Decimal>,
    #[serde(default)]
    pub(super) equivalent_units: BTreeMap<String, String>,
    /// A unit it is reported in; only of measurements whose units are all known.
    #[serde(default)]
    pub(super) unit: Option<String>,
    /// Moles of charge in a mole.
    #[serde(default, deserialize_with = "crate::number::optional")]
    pub(super) valence: Option<Decimal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllergenDocument {
    /// Selectors; empty where the allergen is not a drug.
    #[serde(default)]
    pub(super) drugs: Vec<String>,
    #[serde(default)]
    pub(super) snomed: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) icd10cm: Vec<String>,
    #[serde(default)]
    pub(super) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableDocument<R> {
    pub(super) evidence: HashMap<String, Evidence>,
    pub(super) rows: Vec<R>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairDocument {
    pub(super) id: String,
    pub(super) severity: Severity,
    pub(super) effect: String,
    pub(super) action: String,
    pub(super) evidence: String,
    pub(super) a: Vec<String>,
    pub(super) b: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContraindicationsDocument {
    pub(super) evidence: HashMap<String, Evidence>,
    /// Whether a drug that was not recognised matters only beside a condition that a row names. Without it it does beside
    /// any that is in a value set, as it did before stays and vaccinations were conditions.
    #[serde(default)]
    pub(super) only_named_conditions: bool,
    pub(super) rows: Vec<CautionDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CautionDocument {
    pub(super) id: String,
    pub(super) severity: Severity,
    pub(super) effect: String,
    pub(super) action: String,
    pub(super) evidence: String,
    pub(super) drugs: Vec<String>,
    /// Value sets; only in the table of contraindications.
    #[serde(default)]
    pub(super) conditions: Vec<String>,
    /// Whether it is about what reaches the blood, and about no cream or shampoo; only in the table of contraindications.
    #[serde(default)]
    pub(super) systemic: bool,
    /// Only in the table of age cautions.
    #[serde(default)]
    pub(super) from_years: Option<u16>,
    /// Only in the table of age cautions.
    #[serde(default)]
    pub(super) below_years: Option<u16>,
    /// Only in the table of age cautions.
    #[serde(default)]
    pub(super) below_months: Option<u16>,
    /// Only in the table of age cautions: the form in which it is not about the drug.
    #[serde(default)]
    pub(super) except_form: Option<DrugForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DuplicateDocument {
    pub(super) class: String,
    /// Whether it is about what reaches the blood, and about no cream or eye drops.
    #[serde(default)]
    pub(super) systemic: bool,
    pub(super) severity: Severity,
    pub(super) effect: String,
    pub(super) action: String,
    pub(super) evidence: String,
}
