//! Fentanyl through the skin: a patch gives so much an hour, whenever it is changed.

use rust_decimal::Decimal;

use crate::dose::Route;
use crate::knowledge::IngredientId;
use crate::scene::{Drug, Scene};

/// Morphine milligram equivalents a day of one microgram an hour (CDC 2022, table of conversion factors).
const FACTOR: Decimal = Decimal::from_parts(24, 0, 0, false, 1);

/// What a patch of fentanyl comes to a day; nothing for any other drug, or where its rate is not known. Micrograms an hour
/// that are given another way are no patch; where the way is not told, they are.
pub(super) fn equivalent(scene: &Scene<'_>, drug: &Drug<'_>) -> Option<(IngredientId, Decimal)> {
    let is_fentanyl = |id: &&IngredientId| scene.knowledge.name(**id).as_str() == "fentanyl";
    let ingredient = *drug.mapped.ingredients.iter().find(is_fentanyl)?;
    if scene.knowledge.opioids_by_route && !matches!(drug.way(scene.knowledge), None | Some(Route::Transdermal)) {
        return None;
    }
    let amount = drug.fact.dose.as_ref().and_then(|dose| dose.amount.as_ref());
    let micrograms = match amount {
        Some(amount) if amount.unit == "ug/h" => amount.value,
        Some(amount) if amount.unit == "{patch}" => named_rate(scene, drug)?.checked_mul(amount.value)?,
        None => named_rate(scene, drug)?,
        Some(_) => return None,
    };
    Some((ingredient, micrograms.checked_mul(FACTOR)?))
}

/// Milligrams a day of what runs at a rate, such as an infusion; nothing where it is given dose by dose.
pub(super) fn running(scene: &Scene<'_>, drug: &Drug<'_>) -> Option<Decimal> {
    let amount = drug.fact.dose.as_ref().and_then(|dose| dose.amount.as_ref());
    let micrograms = match amount {
        Some(amount) if amount.unit == "ug/h" => amount.value,
        Some(amount) if amount.unit == "mg/h" => amount.value.checked_mul(Decimal::ONE_THOUSAND)?,
        None => named_rate(scene, drug)?,
        Some(_) => return None,
    };
    micrograms.checked_mul(Decimal::from(24))?.checked_div(Decimal::ONE_THOUSAND)
}

/// Micrograms an hour, as a name of the drug tells.
fn named_rate(scene: &Scene<'_>, drug: &Drug<'_>) -> Option<Decimal> {
    drug.names(scene.knowledge).find_map(rate)
}

/// Micrograms an hour, from a name such as "72 HR Fentanyl 0.075 MG/HR Transdermal System".
fn rate(name: &str) -> Option<Decimal> {
    let lower = name.to_lowercase().replace(" /", "/").replace("/ ", "/");
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.windows(2).find_map(|pair| {
        let value: Decimal = pair[0].parse().ok()?;
        match pair[1].trim_end_matches([',', ';', ')']) {
            "mg/hr" | "mg/h" | "mg/hour" => value.checked_mul(Decimal::ONE_THOUSAND),
            "mcg/hr" | "mcg/h" | "mcg/hour" | "ug/hr" | "ug/h" => Some(value),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_name_of_a_patch_when_read_then_its_rate_is_known() {
        let of = |name: &str| rate(name).map(|rate| rate.normalize().to_string());
        assert_eq!(of("72 HR Fentanyl 0.075 MG/HR Transdermal System").as_deref(), Some("75"));
        assert_eq!(of("fentanyl 25 mcg/hr patch").as_deref(), Some("25"));
        assert_eq!(of("Fentanyl 0.1 MG Oral Lozenge"), None);
        assert_eq!(of("12 HR Oxycodone Hydrochloride 10 MG Extended Release Oral Tablet"), None);
    }
}
