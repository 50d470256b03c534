//! Rows of a table, found by the drugs that they speak of.

use super::{Bits, IngredientId};

/// Rows in their order, and by ingredient those that speak of it: what a check costs grows with the rows about its drugs,
/// and not with the table.
#[derive(Debug)]
pub(crate) struct DrugRows<R> {
    rows: Vec<R>,
    /// By ingredient, the places of its rows, ascending.
    places: Vec<Vec<usize>>,
}

impl<R> Default for DrugRows<R> {
    fn default() -> Self {
        Self { rows: vec![], places: vec![] }
    }
}

impl<R> DrugRows<R> {
    /// Adds a row; `ingredients` tells which it speaks of.
    pub(crate) fn push(&mut self, row: R, ingredients: impl Fn(&R) -> &Bits) {
        for ingredient in ingredients(&row).iter() {
            if self.places.len() <= ingredient {
                self.places.resize_with(ingredient + 1, Vec::new);
            }
            self.places[ingredient].push(self.rows.len());
        }
        self.rows.push(row);
    }

    /// The rows that speak of any of these ingredients, each once and in their order.
    pub(crate) fn about(&self, ingredients: impl IntoIterator<Item = IngredientId>) -> impl Iterator<Item = &R> {
        let of = |ingredient: IngredientId| self.places.get(ingredient.index()).into_iter().flatten();
        let mut places: Vec<usize> = ingredients.into_iter().flat_map(of).copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| &self.rows[place])
    }
}

/// All rows, whatever they are about.
impl<R> std::ops::Deref for DrugRows<R> {
    type Target = [R];

    fn deref(&self) -> &[R] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_rows_when_asked_by_ingredients_then_those_about_them_come_once_and_in_order() {
        let mut rows = DrugRows::default();
        for (row, ingredients) in [("a", &[3][..]), ("b", &[0, 3]), ("c", &[]), ("d", &[0, 70])] {
            let mut bits = Bits::new(100);
            ingredients.iter().for_each(|ingredient| bits.insert(*ingredient));
            rows.push((row, bits), |(_, bits)| bits);
        }
        let about =
            |ids: &[u16]| rows.about(ids.iter().map(|id| IngredientId(*id))).map(|(row, _)| *row).collect::<Vec<_>>();
        assert_eq!(about(&[3]), ["a", "b"]);
        assert_eq!(about(&[70, 3, 0]), ["a", "b", "d"]);
        assert_eq!([about(&[]), about(&[1]), about(&[99]), about(&[1_000])], [(); 4].map(|()| Vec::<&str>::new()));
        assert_eq!(rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }
}
