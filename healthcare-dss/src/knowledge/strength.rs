//! How much of each ingredient is in one unit of a product, by its name: "Acetaminophen 325 MG / Codeine 30 MG Oral
//! Tablet", "Amoxicillin 50 MG/ML Oral Suspension".

use rust_decimal::Decimal;

use super::{IngredientId, Knowledge, Measure};
use crate::knowledge::product_name::normalise;

/// The strength of one ingredient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Strength {
    pub(crate) ingredient: IngredientId,
    /// In one tablet, capsule or other unit; or in `per_ml`.
    pub(crate) amount: Decimal,
    /// The volume that holds it, in millilitres, of a liquid.
    pub(crate) per_ml: Option<Decimal>,
}

impl Knowledge {
    /// Reads the strengths of a measure out of a product's name. What is told by the hour or in percent is left out.
    pub(crate) fn strengths(&self, name: &str, measure: Measure) -> Vec<Strength> {
        let normalised = normalise(&plain_numbers(name));
        let tokens: Vec<&str> = normalised.split_whitespace().flat_map(parted).collect();
        let (mut found, mut current) = (vec![], None);
        let mut at = 0;
        while at < tokens.len() {
            if let Some((ids, length)) = self.longest_name_at(&tokens[at..]) {
                current = match ids {
                    [one] => Some(*one),
                    // Words such as "alcohol free" name nothing.
                    [] => current,
                    _ => None,
                };
                at += length;
                continue;
            }
            if let (Some(ingredient), Some((amount, used))) = (current, measured(&tokens[at..], measure)) {
                let (per_ml, used) = volume(&tokens[at + used..]).map_or((None, used), |(ml, more)| (ml, used + more));
                if tokens.get(at + used).is_none_or(|next| !matches!(*next, "hr" | "h" | "hour" | "actuat" | "day")) {
                    found.push(Strength { ingredient, amount, per_ml });
                }
                current = None;
                at += used;
                continue;
            }
            at += 1;
        }
        found
    }
}

/// The name with its numbers written plainly: `1,000` as `1000`, `2,5` as `2.5`.
fn plain_numbers(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
    let mut plain = String::with_capacity(name.len());
    for (at, character) in characters.iter().enumerate() {
        let between = *character == ',' && at > 0 && digit(at - 1) && digit(at + 1);
        let thousands = (1..4).all(|nth| digit(at + nth)) && !digit(at + 4) && !plain.ends_with(" 0") && plain != "0";
        match (between, thousands) {
            (false, _) => plain.push(*character),
            (true, true) => {}
            (true, false) => plain.push('.'),
        }
    }
    plain
}

/// `325mg` as `325`, `mg`.
fn parted(token: &str) -> impl Iterator<Item = &str> {
    let digits = token.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(token.len());
    let (number, unit) = token.split_at(digits);
    [number, unit].into_iter().filter(|part| !part.is_empty())
}

fn measured(tokens: &[&str], measure: Measure) -> Option<(Decimal, usize)> {
    let [number, unit, ..] = tokens else { return None };
    let value: Decimal = number.parse().ok()?;
    let factor = match (measure, *unit) {
        (Measure::Milligrams, "mg")
        | (Measure::Units, "unt" | "unit" | "units" | "iu")
        | (Measure::Milliequivalents, "meq" | "mmol") => Decimal::ONE,
        (Measure::Milligrams, "g" | "gm" | "gram") => Decimal::ONE_THOUSAND,
        (Measure::Milligrams, "mcg" | "ug") => Decimal::new(1, 3),
        _ => return None,
    };
    Some((value.checked_mul(factor)?, 2))
}

/// `ML` of "50 MG/ML", `5 ML` of "250 MG/5 ML".
fn volume(tokens: &[&str]) -> Option<(Option<Decimal>, usize)> {
    match tokens {
        ["ml", ..] => Some((Some(Decimal::ONE), 1)),
        [number, "ml", ..] => Some((Some(number.parse().ok().filter(|ml: &Decimal| *ml > Decimal::ZERO)?), 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strengths(name: &str) -> Vec<(String, String, Option<String>)> {
        strengths_in(name, Measure::Milligrams)
    }

    fn strengths_in(name: &str, measure: Measure) -> Vec<(String, String, Option<String>)> {
        let knowledge = Knowledge::embedded().unwrap();
        let words = |value: Decimal| value.normalize().to_string();
        knowledge
            .strengths(name, measure)
            .into_iter()
            .map(|s| (knowledge.name(s.ingredient).to_string(), words(s.amount), s.per_ml.map(words)))
            .collect()
    }

    #[test]
    fn given_product_names_when_read_then_each_ingredient_has_its_strength() {
        let one = |name: &str, mg: &str| (name.to_owned(), mg.to_owned(), None);
        assert_eq!(strengths("ibuprofen 800 MG Oral Tablet"), [one("ibuprofen", "800")]);
        assert_eq!(
            strengths("Acetaminophen 325 MG / Hydrocodone Bitartrate 5 MG Oral Tablet"),
            [one("acetaminophen", "325"), one("hydrocodone", "5")]
        );
        assert_eq!(
            strengths("24 HR metoprolol succinate 100 MG Extended Release Oral Tablet"),
            [one("metoprolol", "100")]
        );
        assert_eq!(strengths("levothyroxine sodium 50 mcg tablet"), [one("levothyroxine", "0.05")]);
        assert_eq!(strengths("paracetamol 500mg"), [one("acetaminophen", "500")]);
        assert_eq!(strengths("Acetaminophen 1,000 mg tablet"), [one("acetaminophen", "1000")]);
        assert_eq!(strengths("warfarin 2,5 mg tablet"), [one("warfarin", "2.5")]);
        assert_eq!(strengths("digoxin 0,125 mg tablet"), [one("digoxin", "0.125")]);
        let liquid = |per: &str| Some(per.to_owned());
        assert_eq!(strengths("Amoxicillin 250 MG per 5 ML Oral Suspension")[0].0, "amoxicillin");
        assert_eq!(
            strengths("Amoxicillin 50 MG/ML Oral Suspension"),
            [("amoxicillin".to_owned(), "50".to_owned(), liquid("1"))]
        );
        assert_eq!(
            strengths("Amoxicillin 250 MG/5 ML Oral Suspension"),
            [("amoxicillin".to_owned(), "250".to_owned(), liquid("5"))]
        );
    }

    #[test]
    fn given_rates_and_units_when_read_then_there_is_no_strength() {
        assert_eq!(strengths("fentanyl 0.025 MG/HR Transdermal System"), []);
        assert_eq!(strengths("insulin glargine 100 UNT/ML"), []);
        assert_eq!(strengths("ibuprofen"), []);
    }

    #[test]
    fn given_products_in_units_or_milliequivalents_when_read_then_each_is_of_its_measure() {
        let units = |name: &str| strengths_in(name, Measure::Units);
        let one = |name: &str, amount: &str, per_ml: Option<&str>| {
            (name.to_owned(), amount.to_owned(), per_ml.map(str::to_owned))
        };
        assert_eq!(units("insulin glargine 100 UNT/ML"), [one("insulin glargine", "100", Some("1"))]);
        assert_eq!(units("heparin sodium, porcine 5000 UNT/ML"), [one("heparin", "5000", Some("1"))]);
        assert_eq!(units("ibuprofen 800 MG Oral Tablet"), []);
        let potassium = |name: &str| strengths_in(name, Measure::Milliequivalents);
        let tablet = "potassium chloride 20 MEQ Extended Release Oral Tablet";
        assert_eq!(potassium(tablet), [one("potassium chloride", "20", None)]);
        assert_eq!(potassium("potassium chloride 2 MEQ/ML"), [one("potassium chloride", "2", Some("1"))]);
        assert_eq!(potassium("potassium chloride 600 MG Oral Tablet"), []);
    }
}
