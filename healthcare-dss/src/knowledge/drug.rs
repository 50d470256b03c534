//! A drug is known by its ingredients: from its code, or parsed from a product's name.

use healthcare_domain::code::{Coding, RXNORM};

use super::Knowledge;
use crate::text::Text;

/// The position of an ingredient in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct IngredientId(pub(crate) u16);

impl IngredientId {
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// An active ingredient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingredient {
    /// Its name, in lower case.
    pub name: Text,
    /// Its RxNorm coding; where no RxCUI is on file, its name under `urn:healthcare:ingredient`.
    pub coding: Coding,
}

/// What a product's RxCUI stands for.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) ingredients: std::sync::Arc<[IngredientId]>,
    pub(crate) local: bool,
    /// What it is called, where its strength matters.
    pub(crate) name: Option<Text>,
}

/// A medication's ingredients, and what of it could not be recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedDrug {
    pub(crate) ingredients: Vec<IngredientId>,
    /// The words that were not recognised, where there are any: that part of the drug cannot be checked.
    pub unrecognised: Option<Text>,
    /// Whether it acts where it is put and hardly reaches the blood, as eye drops do: what it meets in the body does
    /// not interrupt.
    pub local: bool,
}

impl Knowledge {
    /// Maps a medication to its ingredients.
    ///
    /// Every RxNorm code that is an ingredient's counts, and so does every ingredient named in a display or in
    /// the text: where a code and its words differ, both are checked.
    #[must_use]
    pub fn map_drug(&self, codings: &[Coding], text: Option<&str>) -> MappedDrug {
        let mut ingredients = vec![];
        let mut unrecognised: Option<Text> = None;
        let (mut recognised, mut local, mut systemic) = (false, false, false);
        for coding in codings.iter().filter(|coding| coding.system == RXNORM) {
            if let Some(id) = self.by_rxcui.get(coding.code.as_str()) {
                ingredients.push(*id);
                recognised = true;
            } else if let Some(product) = coding.code.parse().ok().and_then(|code: u32| self.by_product.get(&code)) {
                ingredients.extend_from_slice(&product.ingredients);
                recognised = true;
                local |= product.local;
                systemic |= !product.local;
            }
        }
        let displays = codings.iter().filter_map(|coding| coding.display.as_deref());
        for words in displays.chain(text) {
            let named = self.ingredients_named(words);
            // Words that name nothing ("as directed") matter only if nothing else tells what the drug is.
            if named.ingredients.is_empty() {
                continue;
            }
            local |= named.local;
            ingredients.extend(named.ingredients);
            match named.unknown {
                None => recognised = true,
                Some(unknown) => unrecognised = unrecognised.or(Some(unknown)),
            }
        }
        ingredients.sort_unstable();
        ingredients.dedup();
        let unrecognised = if recognised { None } else { unrecognised.or_else(|| Some(label(codings, text))) };
        let local = local && !systemic && !ingredients.iter().any(|id| self.through_the_skin.contains(id.index()));
        MappedDrug { ingredients, unrecognised, local }
    }

    /// What the codes of a medication are called, as far as their strength matters.
    pub(crate) fn product_names<'a>(&'a self, codings: &'a [Coding]) -> impl Iterator<Item = &'a str> {
        let of_rxnorm = codings.iter().filter(|coding| coding.system == RXNORM);
        let product = |coding: &Coding| self.by_product.get(&coding.code.parse().ok()?)?.name.as_ref();
        of_rxnorm.filter_map(product).map(Text::as_str)
    }

    /// The codings of a medication's ingredients, as findings speak of them.
    #[must_use]
    pub fn ingredient_codings(&self, drug: &MappedDrug) -> Vec<&Coding> {
        drug.ingredients.iter().map(|id| self.coding(*id)).collect()
    }

    /// The names of a medication's ingredients.
    #[must_use]
    pub fn ingredient_names(&self, drug: &MappedDrug) -> Vec<&str> {
        drug.ingredients.iter().map(|id| self.name(*id).as_str()).collect()
    }
}

/// What to call a medication, an allergy or a condition: its text, else its first display, else its first code.
#[must_use]
pub fn label(codings: &[Coding], text: Option<&str>) -> Text {
    text.filter(|text| !text.trim().is_empty())
        .or_else(|| codings.iter().find_map(|coding| coding.display.as_deref()))
        .or_else(|| codings.first().map(|coding| coding.code.as_str()))
        .unwrap_or("unnamed")
        .into()
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}
