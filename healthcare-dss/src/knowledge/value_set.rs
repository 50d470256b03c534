//! Sets of codes that mean the same to a rule.

use healthcare_domain::code::{Coding, ICD10CM};
use rust_decimal::Decimal;

use crate::knowledge::{Knowledge, KnowledgeMap, product_name::normalise};
use crate::text::Text;
use crate::unit::{Units, convert, is_known, ucum};

/// The position of a value set.
pub(crate) type ValueSetId = u16;

/// A named set of codes; for measurements with what unit conversion needs.
#[derive(Debug, Clone)]
pub(crate) struct ValueSet {
    pub(crate) title: Text,
    /// g/mol, to convert mass to substance.
    pub(crate) molar_mass: Option<Decimal>,
    /// Units that are the same number for this analyte, such as meq/L and mmol/L of potassium.
    pub(crate) equivalent_units: Vec<(String, String)>,
    /// How many moles of charge a mole of it has, to convert equivalents to substance (UCUM: `eq` is a mole of charge).
    pub(crate) valence: Option<Decimal>,
    /// A unit it is reported in, where all units of it are known: what is in none of them is a slip.
    pub(crate) unit: Option<String>,
    /// How units are read: of all sets of one body of knowledge alike.
    pub(crate) units: Units,
}

impl ValueSet {
    /// A value in the unit a rule speaks, if it can be converted.
    pub(crate) fn convert(&self, value: Decimal, from: &str, to: &str) -> Option<Decimal> {
        if from == to {
            return Some(value);
        }
        let (from, to) = (self.alias(self.units.read(from)), self.alias(self.units.read(to)));
        convert(value, from, to, self.molar_mass).or_else(|| {
            let charge = convert(value, from, "meq/L", None)?;
            convert(charge.checked_div(self.valence?)?, "mmol/L", to, self.molar_mass)
        })
    }

    fn alias<'a>(&'a self, unit: &'a str) -> &'a str {
        self.equivalent_units.iter().find(|(name, _)| name == unit).map_or(unit, |(_, equivalent)| equivalent)
    }
}

/// All value sets, found by code.
#[derive(Debug, Default)]
pub(crate) struct ValueSets {
    /// How the units of results are read.
    pub(crate) units: Units,
    pub(crate) sets: Vec<ValueSet>,
    pub(crate) by_id: KnowledgeMap<Text, ValueSetId>,
    /// Code system → code → sets.
    pub(crate) by_code: KnowledgeMap<String, KnowledgeMap<String, Vec<ValueSetId>>>,
    /// Titles and the names of codes, normalised → sets.
    pub(crate) by_name: KnowledgeMap<String, Vec<ValueSetId>>,
    /// ICD-10-CM category or code without its dot → sets of everything below it.
    pub(crate) by_icd10_prefix: KnowledgeMap<String, Vec<ValueSetId>>,
}

impl ValueSets {
    /// The sets that hold exactly this code.
    pub(crate) fn of_code(&self, coding: &Coding) -> &[ValueSetId] {
        self.by_code
            .get(coding.system.as_str())
            .and_then(|codes| codes.get(coding.code.as_str()))
            .map_or(&[], Vec::as_slice)
    }

    /// The sets a condition belongs to, by any of its codes; ICD-10-CM codes belong to what their category does.
    pub(crate) fn of_condition(&self, codings: &[Coding]) -> Vec<ValueSetId> {
        let mut sets = vec![];
        for coding in codings {
            sets.extend_from_slice(self.of_code(coding));
            if is_icd10(&coding.system) {
                let code: String = coding.code.chars().filter(|c| *c != '.').map(|c| c.to_ascii_uppercase()).collect();
                for length in 1..=code.len() {
                    if let Some(found) = code.get(..length).and_then(|prefix| self.by_icd10_prefix.get(prefix)) {
                        sets.extend_from_slice(found);
                    }
                }
            }
        }
        sets.sort_unstable();
        sets.dedup();
        sets
    }
}

impl Knowledge {
    /// What a condition in words means: codes that stand for the value sets of that title, or with a code of that name.
    #[must_use]
    pub fn conditions_named(&self, words: &str) -> Vec<Coding> {
        let sets = &self.value_sets;
        let found = sets.by_name.get(&normalise(words)).map_or(&[][..], Vec::as_slice);
        let coding = |(id, set): (&Text, &ValueSetId)| {
            found.contains(set).then(|| Coding {
                system: VALUE_SET.into(),
                code: id.to_string(),
                display: Some(words.trim().to_owned()),
            })
        };
        let mut codings: Vec<Coding> = sets.by_id.iter().filter_map(coding).collect();
        codings.sort_unstable();
        codings
    }

    /// What is measured under one of these codes, and a unit it is reported in, where the unit that came is none at all. A
    /// unit of another dimension is one: that it cannot be compared is for the rules to tell.
    #[must_use]
    pub fn no_unit_of(&self, codings: &[Coding], unit: &str) -> Option<(&str, &str)> {
        let sets = codings.iter().flat_map(|coding| self.value_sets.of_code(coding));
        let known = sets.filter_map(|set| self.value_sets.sets.get(usize::from(*set)));
        let (set, expected) = known.filter_map(|set| Some((set, set.unit.as_deref()?))).next()?;
        let is_one = is_known(ucum(unit)) || set.equivalent_units.iter().any(|(name, _)| name == unit);
        (!is_one).then_some((set.title.as_str(), expected))
    }

    /// Whether any rule or table could speak of what is measured under this code.
    #[must_use]
    pub fn knows_measurement(&self, code: &Coding) -> bool {
        !self.value_sets.of_code(code).is_empty()
    }

    /// Whether any rule or table could speak of a condition with these codes.
    #[must_use]
    pub fn knows_condition(&self, codings: &[Coding]) -> bool {
        !self.value_sets.of_condition(codings).is_empty()
    }
}

/// The system of codes that stand for a whole value set.
pub(crate) const VALUE_SET: &str = "urn:healthcare:value-set";

/// ICD-10-CM, or WHO's ICD-10, whose categories are the same as far as the value sets go.
fn is_icd10(system: &str) -> bool {
    system == ICD10CM || system == "http://hl7.org/fhir/sid/icd-10"
}
