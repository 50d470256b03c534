//! More at a time, a day, or more often, than a drug is given.

use rust_decimal::Decimal;

use super::dosed::{Dosed, dosed, plain};
use super::{Rows, TableMatch, active_order};
use crate::knowledge::{DoseLimit, IngredientId};
use crate::rule::document::Scope;
use crate::scene::{Drug, Scene};
use crate::text::Text;

pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    let mut told: Vec<(*const DoseLimit, IngredientId)> = vec![];
    let limits = scene.knowledge.dose_limits.about(scene.judged_ingredients());
    for limit in limits.filter(|limit| concerns(limit, scene)) {
        for drug in scene.judged().iter().filter(|drug| drug.fact.dose.is_some() && !drug.mapped.local) {
            let Some(ingredient) = limit.drugs.first_of(&drug.mapped.ingredients) else { continue };
            let own = dosed(scene, drug, ingredient);
            if let Some(lacking) = &own.lacking {
                rows.lacking = Some(lacking.clone());
            }
            let by_weight = limit.single_mg_per_kg.or(limit.daily_mg_per_kg).is_some();
            if by_weight && scene.facts.patient.weight_kg.is_none() {
                rows.lacking = Some("no weight to judge the dose by".into());
            }
            let by_day = limit.daily_mg.or(limit.daily_mg_per_kg).is_some();
            if let Some(untold) = by_day.then(|| untold(scene, drug, &own, ingredient)).flatten() {
                rows.lacking = rows.lacking.or(Some(untold));
            }
            let Some(why) = exceeds(limit, scene, &own, ingredient) else { continue };
            let key = (std::ptr::from_ref(limit), ingredient);
            if !told.contains(&key) {
                told.push(key);
                report(scene, limit, drug, ingredient, why, &mut rows, matches);
            }
        }
    }
    rows
}

/// What of the total of a day is not known: how often this one is given, or how much of another product with the same
/// ingredient. What is not known is not nothing.
fn untold(scene: &Scene<'_>, drug: &Drug<'_>, own: &Dosed, ingredient: IngredientId) -> Option<Text> {
    let name = scene.knowledge.name(ingredient);
    if own.daily.is_none() && drug.fact.dose.as_ref().is_some_and(|dose| dose.unread) {
        return Some(
            format!("the total of {name} a day is not checked: how often {} is given was not read", drug.label).into(),
        );
    }
    own.daily.filter(|_| scene.knowledge.tells_incomplete_totals)?;
    let other =
        scene.drugs(Scope::Any).filter(|other| other.fact.source != drug.fact.source && !other.mapped.local).find(
            |other| other.mapped.ingredients.contains(&ingredient) && dosed(scene, other, ingredient).daily.is_none(),
        )?;
    Some(format!("the total of {name} a day is not checked: the daily dose of {} is not known", other.label).into())
}

/// Limits of an age hold where that age is known.
fn concerns(limit: &DoseLimit, scene: &Scene<'_>) -> bool {
    let age = scene.facts.patient.age_years;
    limit.from_years.is_none_or(|from| age.is_some_and(|age| age >= from))
        && limit.below_years.is_none_or(|below| age.is_some_and(|age| age < below))
}

/// In words, what is more than it may be.
fn exceeds(limit: &DoseLimit, scene: &Scene<'_>, own: &Dosed, ingredient: IngredientId) -> Option<Text> {
    let name = scene.knowledge.name(ingredient);
    let by_weight = |per_kg: Option<Decimal>| per_kg.zip(scene.facts.patient.weight_kg).map(|(per, kg)| per * kg);
    let least = |fixed: Option<Decimal>, weighed: Option<Decimal>| match (fixed, weighed) {
        (Some(fixed), Some(weighed)) => Some(fixed.min(weighed)),
        (fixed, weighed) => fixed.or(weighed),
    };
    let single = least(limit.single_mg, by_weight(limit.single_mg_per_kg));
    let daily = least(limit.daily_mg, by_weight(limit.daily_mg_per_kg));
    let over = |value: Option<Decimal>, most: Option<Decimal>| value.zip(most).filter(|(value, most)| value > most);
    if let Some((value, most)) = over(own.single, single) {
        return Some(format!("{name} {} mg at a time, at most {} mg", plain(value), plain(most)).into());
    }
    if let Some((_, most)) = own.times.zip(limit.times_per_day).filter(|(times, most)| times > most) {
        let how = if most < Decimal::ONE { "daily" } else { "too often" };
        return Some(format!("{name} {how}: {}", limit.row.effect).into());
    }
    // The same ingredient of other medications counts too.
    let all = scene
        .drugs(Scope::Any)
        .filter(|drug| drug.mapped.ingredients.contains(&ingredient) && !drug.mapped.local)
        .filter_map(|drug| dosed(scene, drug, ingredient).daily)
        .sum::<Decimal>();
    let (value, most) = over((all > Decimal::ZERO).then_some(all), daily)?;
    Some(format!("{name} {} mg a day, at most {} mg", plain(value), plain(most)).into())
}

fn report(
    scene: &Scene<'_>,
    limit: &DoseLimit,
    drug: &Drug<'_>,
    ingredient: IngredientId,
    why: Text,
    rows: &mut Rows,
    matches: &mut Vec<TableMatch>,
) {
    rows.met(format!("{why} ({})", limit.row.effect).into(), vec![scene.observed_drug(drug)]);
    matches.push(TableMatch {
        row: limit.row.id.clone(),
        severity: limit.row.severity,
        drug: scene.knowledge.name(ingredient).clone(),
        other: why,
        effect: limit.row.effect.clone(),
        action: limit.row.action.clone(),
        subjects: vec![scene.knowledge.coding(ingredient).clone()],
        evidence: Some(limit.row.evidence.clone()),
        active: active_order(scene, drug).into_iter().collect(),
    });
}
