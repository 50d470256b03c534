//! From a recorded allergy to the drugs it speaks of.

use healthcare_domain::code::{Coding, RXNORM};

use super::{Bits, Knowledge, KnowledgeMap, product_name::normalise};

/// What a recorded allergen means.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    /// These ingredients: one, or all of a class.
    Drugs(Bits),
    /// Food, animals, plants, materials; or the statement that there is no allergy. Not a drug.
    NotADrug,
}

/// Codes and words of allergens.
#[derive(Debug, Default)]
pub(crate) struct AllergenMap {
    pub(crate) by_code: KnowledgeMap<String, KnowledgeMap<String, Meaning>>,
    /// Normalised phrases.
    pub(crate) by_words: KnowledgeMap<String, Meaning>,
    /// The length of the longest phrase, in words.
    pub(crate) longest: usize,
}

/// An allergy, mapped.
#[derive(Debug, Clone)]
pub(crate) struct MappedAllergy {
    /// The ingredients it covers.
    pub(crate) drugs: Bits,
    /// Whether anything was recognised, be it a drug or not.
    pub(crate) recognised: bool,
}

impl Knowledge {
    /// Maps a recorded allergy by all its codes and words together: an allergy coded one way and named another
    /// covers both.
    pub(crate) fn map_allergy(&self, codings: &[Coding], text: Option<&str>) -> MappedAllergy {
        let mut mapped = MappedAllergy { drugs: Bits::new(self.ingredients.len()), recognised: false };
        for coding in codings {
            if coding.system == RXNORM
                && let Some(id) = self.by_rxcui.get(coding.code.as_str())
            {
                mapped.drugs.insert(id.index());
                mapped.recognised = true;
            }
            let by_code = self.allergens.by_code.get(coding.system.as_str());
            if let Some(meaning) = by_code.and_then(|codes| codes.get(coding.code.as_str())) {
                mapped.take(meaning);
            }
            if let Some(display) = &coding.display {
                self.map_allergy_words(display, &mut mapped);
            }
        }
        if let Some(text) = text {
            self.map_allergy_words(text, &mut mapped);
        }
        mapped
    }

    fn map_allergy_words(&self, words: &str, mapped: &mut MappedAllergy) {
        let normalised = normalise(words);
        let starts = std::iter::once(0).chain(normalised.match_indices(' ').map(|(at, _)| at + 1));
        for start in starts {
            // A phrase ends where a word does.
            let rest = &normalised[start..];
            let ends = rest.match_indices(' ').map(|(at, _)| at).chain([rest.len()]);
            for end in ends.take(self.allergens.longest) {
                if let Some(meaning) = self.allergens.by_words.get(&rest[..end]) {
                    mapped.take(meaning);
                }
            }
        }
        for id in self.ingredients_named(words).ingredients {
            mapped.drugs.insert(id.index());
            mapped.recognised = true;
        }
    }
}

impl MappedAllergy {
    fn take(&mut self, meaning: &Meaning) {
        self.recognised = true;
        if let Meaning::Drugs(drugs) = meaning {
            self.drugs.union(drugs);
        }
    }
}

/// Records a phrase.
impl AllergenMap {
    pub(crate) fn add_words(&mut self, words: &str, meaning: Meaning) {
        let normalised = normalise(words);
        self.longest = self.longest.max(normalised.split(' ').count());
        self.by_words.insert(normalised, meaning);
    }

    pub(crate) fn add_code(&mut self, system: &str, code: &str, meaning: Meaning) {
        self.by_code.entry(system.to_owned()).or_default().insert(code.to_owned(), meaning);
    }
}

#[cfg(test)]
#[path = "allergen_test.rs"]
mod tests;
