//! `value-sets.json` and `allergens.json`

use healthcare_domain::code::{CVX, ICD10CM, LOINC, SNOMED};
use rust_decimal::Decimal;

use super::documents::{AllergenDocument, ValueSetDocument, ValueSetsDocument};
use crate::knowledge::allergen::Meaning;
use crate::knowledge::product_name::normalise;
use crate::knowledge::value_set::VALUE_SET;
use crate::knowledge::{Knowledge, ValueSet, ValueSetId};
use crate::rule::{RuleError, read_json};
use crate::text::Text;
use crate::unit::Units;

const VALUE_SETS: &str = "value-sets.json";
const ALLERGENS: &str = "allergens.json";

fn path_of(nth: usize, id: &str) -> String {
    format!("[{nth}] ({id})")
}

impl Knowledge {
    pub(super) fn load_value_sets(&mut self, text: &str) -> Result<(), RuleError> {
        let documents: Vec<ValueSetDocument> = if text.trim_start().starts_with('[') {
            read_json(VALUE_SETS, text)?
        } else {
            let ValueSetsDocument { spelled, sets } = read_json(VALUE_SETS, text)?;
            self.value_sets.units = if spelled { Units::Spelled } else { Units::Ucum };
            sets
        };
        let units = self.value_sets.units;
        for (nth, document) in documents.into_iter().enumerate() {
            let ValueSetDocument {
                id,
                title,
                snomed,
                icd10cm,
                words,
                loinc,
                cvx,
                molar_mass,
                equivalent_units,
                valence,
                unit,
            } = document;
            if valence.is_some_and(|valence| valence <= Decimal::ZERO) {
                return Err(RuleError::at(VALUE_SETS, &path_of(nth, &id), "a valence above 0 is expected".into()));
            }
            let path = path_of(nth, &id);
            let number = ValueSetId::try_from(nth)
                .map_err(|_| RuleError::at(VALUE_SETS, &path, "more than 65,535 value sets".into()))?;
            if snomed.is_empty() && icd10cm.is_empty() && loinc.is_empty() && cvx.is_empty() {
                return Err(RuleError::at(VALUE_SETS, &path, "a value set without codes".into()));
            }
            if loinc.is_empty() && cvx.is_empty() {
                let names = words.iter().chain(snomed.values()).chain([&title]);
                for name in names.map(|name| normalise(name)).collect::<std::collections::BTreeSet<_>>() {
                    self.value_sets.by_name.entry(name).or_default().push(number);
                }
                let as_code = self.value_sets.by_code.entry(VALUE_SET.to_owned()).or_default();
                as_code.entry(id.clone()).or_default().push(number);
            }
            for (system, codes) in [(SNOMED, snomed), (LOINC, loinc), (CVX, cvx)] {
                let by_code = self.value_sets.by_code.entry(system.to_owned()).or_default();
                for code in codes.into_keys() {
                    by_code.entry(code).or_default().push(number);
                }
            }
            for code in icd10cm {
                let prefix = code.replace('.', "");
                self.value_sets.by_icd10_prefix.entry(prefix).or_default().push(number);
            }
            if self.value_sets.by_id.insert(Text::from(id), number).is_some() {
                return Err(RuleError::at(VALUE_SETS, &path, "a value set of this id stands above".into()));
            }
            let equivalent_units = equivalent_units.into_iter().collect();
            let title = title.into();
            self.value_sets.sets.push(ValueSet { title, molar_mass, equivalent_units, valence, unit, units });
        }
        Ok(())
    }

    pub(super) fn load_allergens(&mut self, text: &str) -> Result<(), RuleError> {
        let documents: Vec<AllergenDocument> = read_json(ALLERGENS, text)?;
        for (nth, AllergenDocument { drugs, snomed, icd10cm, words }) in documents.into_iter().enumerate() {
            let meaning = if drugs.is_empty() {
                Meaning::NotADrug
            } else {
                let set = self
                    .drug_set(&drugs)
                    .map_err(|(at, reason)| RuleError::at(ALLERGENS, &format!("[{nth}].drugs[{at}]"), reason))?;
                Meaning::Drugs(set.members)
            };
            for code in snomed.into_keys() {
                self.allergens.add_code(SNOMED, &code, meaning.clone());
            }
            for code in icd10cm {
                self.allergens.add_code(ICD10CM, &code, meaning.clone());
            }
            for words in words {
                self.allergens.add_words(&words, meaning.clone());
            }
        }
        Ok(())
    }
}
