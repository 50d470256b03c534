//! What a dose comes to in milligrams of an ingredient.

use rust_decimal::Decimal;

use crate::knowledge::{IngredientId, Strength};
use crate::scene::{Drug, Scene};
use crate::text::Text;

/// The dose of one medication, in milligrams of one ingredient.
#[derive(Debug, Clone, Default)]
pub(super) struct Dosed {
    /// At a time.
    pub(super) single: Option<Decimal>,
    /// A day.
    pub(super) daily: Option<Decimal>,
    /// How often a day.
    pub(super) times: Option<Decimal>,
    /// Why a dose that was given cannot be told in milligrams.
    pub(super) lacking: Option<Text>,
}

/// Reads the dose of a drug; nothing where no dose was given.
pub(super) fn dosed(scene: &Scene<'_>, drug: &Drug<'_>, ingredient: IngredientId) -> Dosed {
    let Some(dose) = &drug.fact.dose else { return Dosed::default() };
    let strengths = strengths(scene, drug);
    let milligrams = |amount: &crate::dose::Amount| -> Result<Decimal, Text> {
        let alone = drug.mapped.ingredients.len() == 1;
        if let Some(mass) = amount.milligrams().filter(|_| alone) {
            return Ok(mass);
        }
        if let ("mg/kg" | "ug/kg", Some(weight)) = (amount.unit.as_str(), scene.facts.patient.weight_kg) {
            let factor = if amount.unit == "mg/kg" { Decimal::ONE } else { Decimal::new(1, 3) };
            let mass = amount.value.checked_mul(weight).and_then(|value| value.checked_mul(factor));
            return mass.ok_or_else(|| "the dose is too large to compute".into());
        }
        let strength = strengths.iter().find(|strength| strength.ingredient == ingredient);
        let counted = amount.unit.starts_with('{');
        let mass = strength.and_then(|strength| match (amount.unit.as_str(), strength.per_ml) {
            ("mL", Some(per)) => strength.milligrams.checked_mul(amount.value)?.checked_div(per),
            (_, None) if counted => strength.milligrams.checked_mul(amount.value),
            _ => None,
        });
        mass.ok_or_else(|| format!("{amount} of {} is not known in milligrams", drug.label).into())
    };
    let single = dose.amount.as_ref().map(milligrams).transpose();
    let most = dose.max_per_day.as_ref().map(milligrams).transpose();
    let lacking = single.as_ref().err().or(most.as_ref().err()).cloned();
    let (single, most) = (single.ok().flatten(), most.ok().flatten());
    let product = single.zip(dose.times_per_day).and_then(|(single, times)| single.checked_mul(times));
    let daily = match (product, most) {
        (Some(product), Some(most)) => Some(product.min(most)),
        (product, most) => product.or(most),
    };
    Dosed { single, daily, times: dose.times_per_day, lacking }
}

fn strengths(scene: &Scene<'_>, drug: &Drug<'_>) -> Vec<Strength> {
    drug.names(scene.knowledge)
        .map(|name| scene.knowledge.strengths(name))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// A number as people read it.
pub(super) fn plain(value: Decimal) -> Decimal {
    value.round_dp(2).normalize()
}
