//! `ingredients.json`

use healthcare_domain::code::{Coding, RXNORM};

use super::documents::{IngredientDocument, IngredientsDocument};
use crate::knowledge::product_name::{begins_a_name, normalise};
use crate::knowledge::{Ingredient, IngredientId, Knowledge};
use crate::rule::{RuleError, read_json};
use crate::text::Text;

const FILE: &str = "ingredients.json";

impl Knowledge {
    pub(super) fn load_ingredients(&mut self, text: &str) -> Result<(), RuleError> {
        let document: IngredientsDocument = read_json(FILE, text)?;
        for (nth, ingredient) in document.ingredients.into_iter().enumerate() {
            self.load_ingredient(nth, ingredient)?;
        }
        for (brand, names) in document.combinations {
            let path = format!("combinations.{brand}");
            let mut ids = vec![];
            for name in names {
                match self.by_name.get(name.as_str()).map(Vec::as_slice) {
                    Some([id]) => ids.push(*id),
                    _ => return Err(RuleError::at(FILE, &path, format!("unknown ingredient `{name}`"))),
                }
            }
            self.name_drug(&path, &brand, ids)?;
        }
        Ok(())
    }

    fn load_ingredient(&mut self, nth: usize, ingredient: IngredientDocument) -> Result<(), RuleError> {
        let path = format!("ingredients[{nth}]");
        let id = u16::try_from(nth).map_err(|_| RuleError::at(FILE, &path, "more than 65,535 ingredients".into()))?;
        let id = IngredientId(id);
        let IngredientDocument { name, rxcui, also_rxcui, names } = ingredient;
        let coding = match &rxcui {
            Some(code) => Coding { system: RXNORM.into(), code: code.clone(), display: Some(name.clone()) },
            None => {
                Coding { system: "urn:healthcare:ingredient".into(), code: name.clone(), display: Some(name.clone()) }
            }
        };
        self.ingredients.push(Ingredient { name: name.as_str().into(), coding });
        for code in rxcui.into_iter().chain(also_rxcui) {
            if let Some(other) = self.by_rxcui.insert(code.as_str().into(), id) {
                let other = self.name(other);
                return Err(RuleError::at(FILE, &path, format!("RxCUI {code} is already that of {other}")));
            }
        }
        for name in std::iter::once(name).chain(names) {
            self.name_drug(&path, &name, vec![id])?;
        }
        Ok(())
    }

    fn name_drug(&mut self, path: &str, name: &str, ids: Vec<IngredientId>) -> Result<(), RuleError> {
        let name = normalise(name);
        begins_a_name(&mut self.words_of_names, &name);
        match self.by_name.insert(Text::from(name.as_str()), ids) {
            None => Ok(()),
            Some(_) => Err(RuleError::at(FILE, path, format!("the name `{name}` is used twice"))),
        }
    }
}
