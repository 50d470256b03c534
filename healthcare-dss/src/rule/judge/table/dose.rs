//! More at a time, a day, or more often, than a drug is given.

use rust_decimal::Decimal;

use super::dosed::{Dosed, Scale, measured, plain};
use super::{Rows, TableMatch, active_order};
use crate::knowledge::{DoseLimit, IngredientId, Measure};
use crate::rule::document::Scope;
use crate::scene::{Drug, Scene};
use crate::text::Text;

pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    let mut told: Vec<(*const DoseLimit, IngredientId)> = vec![];
    let limits = scene.knowledge.dose_limits.about(scene.judged_ingredients());
    for limit in limits.filter(|limit| concerns(limit, scene)) {
        for drug in scene.judged().iter().filter(|drug| drug.fact.dose.is_some() && given(limit, scene, drug)) {
            let Some(ingredient) = limit.drugs.first_of(&drug.mapped.ingredients) else { continue };
            let own = amounts(limit, scene, drug, ingredient);
            if let Some(lacking) = &own.lacking {
                rows.lacking = Some(lacking.clone());
            }
            let by_weight = limit.single_per_kg.or(limit.daily_per_kg).is_some();
            if by_weight && scene.facts.patient.weight_kg.is_none() {
                rows.lacking = Some("no weight to judge the dose by".into());
            }
            let by_day = limit.daily.or(limit.daily_per_kg).is_some();
            if let Some(untold) = by_day.then(|| untold(limit, scene, (drug, &own), ingredient)).flatten() {
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
fn untold(
    limit: &DoseLimit,
    scene: &Scene<'_>,
    (drug, own): (&Drug<'_>, &Dosed),
    ingredient: IngredientId,
) -> Option<Text> {
    let name = scene.knowledge.name(ingredient);
    let unread = |drug: &Drug<'_>| drug.fact.dose.as_ref().is_some_and(|dose| dose.unread);
    if unread(drug) {
        let how = if own.daily.is_none() { "how often" } else { "not all of how often" };
        let words = format!("the total of {name} a day is not checked: {how} {} is given was not read", drug.label);
        return Some(words.into());
    }
    own.daily.filter(|_| scene.knowledge.tells_incomplete_totals)?;
    let counts = |other: &&Drug<'_>| other.fact.source != drug.fact.source && given(limit, scene, other);
    let other = scene.drugs(Scope::Any).filter(counts).find(|other| {
        let incomplete = || unread(other) || amounts(limit, scene, other, ingredient).daily.is_none();
        other.mapped.ingredients.contains(&ingredient) && incomplete()
    })?;
    Some(format!("the total of {name} a day is not checked: the daily dose of {} is not known", other.label).into())
}

/// Limits of an age hold where that age is known.
fn concerns(limit: &DoseLimit, scene: &Scene<'_>) -> bool {
    let age = scene.facts.patient.age_years;
    limit.from_years.is_none_or(|from| age.is_some_and(|age| age >= from))
        && limit.below_years.is_none_or(|below| age.is_some_and(|age| age < below))
}

/// Whether a drug reaches the body, and by the way that the row is about.
fn given(limit: &DoseLimit, scene: &Scene<'_>, drug: &Drug<'_>) -> bool {
    let by = |route| drug.way(scene.knowledge).map_or(limit.or_untold, |way| way == route);
    !drug.mapped.local && limit.route.is_none_or(by)
}

/// A dose in the measure of the row. Two insulins of one row in one pen are measured together.
fn amounts(limit: &DoseLimit, scene: &Scene<'_>, drug: &Drug<'_>, ingredient: IngredientId) -> Dosed {
    let alone = match drug.mapped.ingredients.as_slice() {
        [_] => true,
        all => limit.measure == Measure::Units && all.iter().all(|one| limit.drugs.members.contains(one.index())),
    };
    let (measure, mg_per_unit) = (limit.measure, limit.mg_per_unit);
    measured(scene, drug, &Scale { ingredient, alone, measure, mg_per_unit })
}

/// The most of a drug, of a limit by itself and one by weight the lower.
struct Most {
    /// From here on it is told.
    bound: Decimal,
    /// What the most is, for people: without what is tolerated as rounding.
    words: String,
}

impl Most {
    fn of(limit: &DoseLimit, scene: &Scene<'_>, fixed: Option<Decimal>, per_kg: Option<Decimal>) -> Option<Self> {
        let unit = limit.measure.words();
        let fixed = fixed.map(|most| Self { bound: most, words: format!("{} {unit}", plain(most)) });
        let weighed = || -> Option<Self> {
            let most = per_kg?.checked_mul(scene.facts.patient.weight_kg?)?;
            let bound = most.checked_mul(Decimal::ONE.checked_add(limit.tolerance)?)?;
            let words = format!("{} {unit} ({} {unit}/kg)", plain(most), plain(per_kg?));
            Some(Self { bound, words })
        };
        fixed.into_iter().chain(weighed()).min_by_key(|most| most.bound)
    }
}

/// In words, what is more than it may be.
fn exceeds(limit: &DoseLimit, scene: &Scene<'_>, own: &Dosed, ingredient: IngredientId) -> Option<Text> {
    let (name, unit) = (scene.knowledge.name(ingredient), limit.measure.words());
    let over = |value: Option<Decimal>, fixed, per_kg| {
        value.zip(Most::of(limit, scene, fixed, per_kg)).filter(|(value, most)| *value > most.bound)
    };
    if let Some((value, most)) = over(own.single, limit.single, limit.single_per_kg) {
        return Some(format!("{name} {} {unit} at a time, at most {}", plain(value), most.words).into());
    }
    if let Some((_, most)) = own.times.zip(limit.times_per_day).filter(|(times, most)| times > most) {
        let how = if most < Decimal::ONE { "daily" } else { "too often" };
        return Some(format!("{name} {how}").into());
    }
    // The same ingredient of other medications counts too.
    let all = scene
        .drugs(Scope::Any)
        .filter(|drug| drug.mapped.ingredients.contains(&ingredient) && given(limit, scene, drug))
        .filter_map(|drug| amounts(limit, scene, drug, ingredient).daily)
        .sum::<Decimal>();
    let (value, most) = over((all > Decimal::ZERO).then_some(all), limit.daily, limit.daily_per_kg)?;
    Some(format!("{name} {} {unit} a day, at most {}", plain(value), most.words).into())
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
