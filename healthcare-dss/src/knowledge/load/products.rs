//! `products.json`

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::knowledge::{IngredientId, Knowledge, Product, product_name::normalise};
use crate::rule::{RuleError, read_json};

const FILE: &str = "products.json";

/// Ingredients, joined by ` + `, and the RxCUIs of their products, separated by spaces.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductsDocument {
    /// Where they come from.
    #[serde(rename = "source")]
    _source: String,
    products: BTreeMap<String, String>,
    /// Products that act where they are put.
    local: BTreeMap<String, String>,
}

impl Knowledge {
    pub(super) fn load_products(&mut self, text: &str) -> Result<(), RuleError> {
        let ProductsDocument { products, local, .. } = read_json(FILE, text)?;
        for (field, table, local) in [("products", products, false), ("local", local, true)] {
            for (names, codes) in table {
                let path = format!("{field}.{names}");
                let ingredients: std::sync::Arc<[IngredientId]> = self.ingredients_of(&path, &names)?.into();
                for code in codes.split(' ') {
                    let number: u32 =
                        code.parse().map_err(|_| RuleError::at(FILE, &path, format!("`{code}` is no RxCUI")))?;
                    let product = Product { ingredients: ingredients.clone(), local };
                    let known = self.by_rxcui.contains_key(code);
                    if known || self.by_product.insert(number, product).is_some() {
                        return Err(RuleError::at(FILE, &path, format!("RxCUI {code} stands for something else too")));
                    }
                }
            }
        }
        Ok(())
    }

    fn ingredients_of(&self, path: &str, names: &str) -> Result<Vec<IngredientId>, RuleError> {
        let one = |name: &str| match self.by_name.get(normalise(name).as_str()).map(Vec::as_slice) {
            Some([id]) => Ok(*id),
            _ => Err(RuleError::at(FILE, path, format!("unknown ingredient `{name}`"))),
        };
        let mut ids = names.split(" + ").map(one).collect::<Result<Vec<_>, _>>()?;
        ids.sort_unstable();
        Ok(ids)
    }
}
