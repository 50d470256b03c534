//! What a dose comes to in milligrams of an ingredient, or in what else it is measured.

use rust_decimal::Decimal;

use crate::dose::Amount;
use crate::knowledge::{IngredientId, Measure, Strength};
use crate::scene::{Drug, Scene};
use crate::text::Text;

/// The dose of one medication, in milligrams or another measure of one ingredient.
#[derive(Debug, Clone, Default)]
pub(super) struct Dosed {
    /// At a time.
    pub(super) single: Option<Decimal>,
    /// A day.
    pub(super) daily: Option<Decimal>,
    /// How often a day.
    pub(super) times: Option<Decimal>,
    /// Why a dose that was given cannot be told so.
    pub(super) lacking: Option<Text>,
}

/// Reads the dose of a drug in milligrams; nothing where no dose was given.
pub(super) fn dosed(scene: &Scene<'_>, drug: &Drug<'_>, ingredient: IngredientId) -> Dosed {
    let alone = drug.mapped.ingredients.len() == 1;
    measured(scene, drug, &Scale { ingredient, alone, measure: Measure::Milligrams, mg_per_unit: None })
}

/// In what a dose is told.
pub(super) struct Scale {
    pub(super) ingredient: IngredientId,
    /// Whether an amount of the drug is an amount of this, and of nothing else.
    pub(super) alone: bool,
    pub(super) measure: Measure,
    /// How many milligrams one of the measure is, if that is of any use.
    pub(super) mg_per_unit: Option<Decimal>,
}

impl Scale {
    fn of_amount(&self, amount: &Amount) -> Option<Decimal> {
        let by_mass = || amount.milligrams()?.checked_div(self.mg_per_unit?);
        self.measure.of(amount).or_else(by_mass)
    }

    /// The strength in the measure, else in milligrams where these can be told in it: of a liquid, or of a unit. Where the
    /// words and the code of a drug tell several, the highest; by an edition of before, that of the first that tell any.
    fn strength(&self, scene: &Scene<'_>, drug: &Drug<'_>, is_liquid: bool) -> Option<Strength> {
        let of = |measure| -> Option<Strength> {
            let own = |one: &Strength| one.ingredient == self.ingredient;
            let mut told = drug.names(scene.knowledge).map(|name| scene.knowledge.strengths(name, measure));
            if !scene.knowledge.highest_strength_counts {
                return told.find(|all| !all.is_empty())?.into_iter().find(own);
            }
            let of_it = |one: &Strength| own(one) && one.per_ml.is_some() == is_liquid;
            let told = told.filter_map(|all| all.into_iter().find(of_it));
            told.max_by_key(|one| one.amount.checked_div(one.per_ml.unwrap_or(Decimal::ONE)))
        };
        let by_mass = || -> Option<Strength> {
            let strength = of(Measure::Milligrams)?;
            Some(Strength { amount: strength.amount.checked_div(self.mg_per_unit?)?, ..strength })
        };
        of(self.measure).or_else(by_mass)
    }
}

/// Reads the dose of a drug on a scale; nothing where no dose was given.
pub(super) fn measured(scene: &Scene<'_>, drug: &Drug<'_>, scale: &Scale) -> Dosed {
    let Some(dose) = &drug.fact.dose else { return Dosed::default() };
    let told = |amount: &Amount| -> Result<Decimal, Text> {
        if let Some(told) = scale.of_amount(amount).filter(|_| scale.alone) {
            return Ok(told);
        }
        let per_kg = amount.unit.strip_suffix("/kg").map(|unit| Amount { value: amount.value, unit: unit.to_owned() });
        if let Some((per_kg, weight)) =
            per_kg.and_then(|per_kg| scale.of_amount(&per_kg)).zip(scene.facts.patient.weight_kg)
        {
            return per_kg.checked_mul(weight).ok_or_else(|| "the dose is too large to compute".into());
        }
        let counted = amount.unit.starts_with('{');
        let strength = if counted || amount.unit == "mL" { scale.strength(scene, drug, !counted) } else { None };
        let told = strength.and_then(|strength| match (amount.unit.as_str(), strength.per_ml) {
            ("mL", Some(per)) => strength.amount.checked_mul(amount.value)?.checked_div(per),
            (_, None) if counted => strength.amount.checked_mul(amount.value),
            _ => None,
        });
        told.ok_or_else(|| format!("{amount} of {} is not known in {}", drug.label, scale.measure.in_full()).into())
    };
    let single = dose.amount.as_ref().map(told).transpose();
    let most = dose.max_per_day.as_ref().map(told).transpose();
    let lacking = single.as_ref().err().or(most.as_ref().err()).cloned();
    let (single, most) = (single.ok().flatten(), most.ok().flatten());
    let product = single.zip(dose.times_per_day).and_then(|(single, times)| single.checked_mul(times));
    let daily = match (product, most) {
        (Some(product), Some(most)) => Some(product.min(most)),
        (product, most) => product.or(most),
    };
    Dosed { single, daily, times: dose.times_per_day, lacking }
}

/// A number as people read it.
pub(super) fn plain(value: Decimal) -> Decimal {
    value.round_dp(2).normalize()
}
