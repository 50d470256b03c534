//! "class:nsaid" and "ingredient:warfarin", spread out into the ingredients they mean.

use super::{Bits, Knowledge};
use crate::knowledge::IngredientId;
use crate::text::Text;

/// The ingredients that a rule or a row of a table speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct DrugSet {
    /// In words, such as "NSAID or warfarin".
    pub(crate) words: Text,
    pub(crate) members: Bits,
}

impl DrugSet {
    /// The first of a drug's ingredients that is in the set.
    pub(crate) fn first_of(&self, ingredients: &[IngredientId]) -> Option<IngredientId> {
        ingredients.iter().copied().find(|id| self.members.contains(id.index()))
    }

    /// The ingredients in the set.
    pub(crate) fn ingredients(&self) -> impl Iterator<Item = IngredientId> + '_ {
        // The set was made of ingredients' positions, which are that small.
        self.members.iter().filter_map(|nth| u16::try_from(nth).ok().map(IngredientId))
    }
}

impl Knowledge {
    /// Reads selectors; each names a class or an ingredient.
    ///
    /// # Errors
    /// A selector that is neither, or that names what is not known; with its position.
    pub(crate) fn drug_set(&self, selectors: &[String]) -> Result<DrugSet, (usize, String)> {
        let mut members = Bits::new(self.ingredients.len());
        let mut words = vec![];
        for (nth, selector) in selectors.iter().enumerate() {
            match selector.split_once(':') {
                Some(("class", id)) => {
                    let class = self.class_by_id.get(id).ok_or_else(|| {
                        let known = self.class_by_id.keys().map(Text::as_str);
                        (nth, crate::rule::unknown("drug class", id, known))
                    })?;
                    members.union(&self.classes[*class].members);
                    words.push(self.classes[*class].title.to_string());
                }
                Some(("ingredient", name)) => match self.by_name.get(name).map(Vec::as_slice) {
                    Some([id]) => {
                        members.insert(id.index());
                        words.push(self.name(*id).to_string());
                    }
                    Some(_) => return Err((nth, format!("`{name}` is not a single ingredient"))),
                    None => {
                        let known =
                            self.by_name.iter().filter(|(_, ids)| ids.len() == 1).map(|(name, _)| name.as_str());
                        return Err((nth, crate::rule::unknown("ingredient", name, known)));
                    }
                },
                _ => return Err((nth, format!("`{selector}` is neither class:ID nor ingredient:NAME"))),
            }
        }
        if words.is_empty() {
            return Err((0, "no drug is named".into()));
        }
        Ok(DrugSet { words: words.join(" or ").into(), members })
    }
}
