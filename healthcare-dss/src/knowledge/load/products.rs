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
    /// What products are called whose strength and form matter, by RxCUI, for orders that have the code alone.
    #[serde(default)]
    named: BTreeMap<String, String>,
}

impl Knowledge {
    pub(super) fn load_products(&mut self, text: &str) -> Result<(), RuleError> {
        let ProductsDocument { products, local, named, .. } = read_json(FILE, text)?;
        for (field, table, local) in [("products", products, false), ("local", local, true)] {
            for (names, codes) in table {
                let path = format!("{field}.{names}");
                let ingredients: std::sync::Arc<[IngredientId]> = self.ingredients_of(&path, &names)?.into();
                for code in codes.split(' ') {
                    let number: u32 =
                        code.parse().map_err(|_| RuleError::at(FILE, &path, format!("`{code}` is no RxCUI")))?;
                    let product = Product { ingredients: ingredients.clone(), local, name: None };
                    let known = self.by_rxcui.contains_key(code);
                    if known || self.by_product.insert(number, product).is_some() {
                        return Err(RuleError::at(FILE, &path, format!("RxCUI {code} stands for something else too")));
                    }
                }
            }
        }
        named.into_iter().try_for_each(|(code, name)| self.name_product(&code, name))
    }

    /// A name that told of other ingredients than its code would bring in another drug's strength.
    fn name_product(&mut self, code: &str, name: String) -> Result<(), RuleError> {
        let fault = |reason: &str| RuleError::at(FILE, &format!("named.{code}"), reason.into());
        let mut told = self.ingredients_named(&name).ingredients;
        told.sort_unstable();
        let product = code.parse().ok().and_then(|code: u32| self.by_product.get_mut(&code));
        let product = product.ok_or_else(|| fault("is no product"))?;
        if *product.ingredients != *told {
            return Err(fault("names other ingredients than the product has"));
        }
        product.name = Some(name.into());
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

#[cfg(test)]
mod tests {
    use crate::knowledge::Knowledge;

    fn refused(named: &str) -> String {
        let mut knowledge = Knowledge::embedded().unwrap();
        knowledge.by_product = Default::default();
        let text =
            format!(r#"{{"source": "", "products": {{"oxycodone": "1049502"}}, "local": {{}}, "named": {named}}}"#);
        knowledge.load_products(&text).map_or_else(|fault| fault.to_string(), |()| String::new())
    }

    #[test]
    fn given_names_of_products_when_loaded_then_each_is_of_a_product_and_tells_of_what_is_in_it() {
        assert_eq!(refused(r#"{"1049502": "Oxycodone 10 MG Oral Tablet"}"#), "");
        for (named, reason) in [
            (r#"{"1049503": "Oxycodone 10 MG Oral Tablet"}"#, "is no product"),
            (r#"{"ten": "Oxycodone 10 MG Oral Tablet"}"#, "is no product"),
            (r#"{"1049502": "Morphine 10 MG Oral Tablet"}"#, "other ingredients"),
            (r#"{"1049502": "Acetaminophen 325 MG / Oxycodone 10 MG Oral Tablet"}"#, "other ingredients"),
        ] {
            let fault = refused(named);
            assert!(fault.contains(reason) && fault.contains("named."), "{named}: {fault}");
        }
    }
}
