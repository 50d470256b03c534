//! The opioids of a day together, as morphine by mouth.

use rust_decimal::Decimal;

use super::dosed::{dosed, plain};
use super::patch;
use super::{Rows, TableMatch, active_order};
use crate::dose::Route;
use crate::knowledge::{IngredientId, OpioidFactor};
use crate::rule::document::Scope;
use crate::scene::{Drug, Scene};
use crate::text::Text;

/// How an opioid counts.
enum Counts {
    /// By this factor.
    By(Decimal),
    /// By the factor by mouth, for want of one for its way: it comes to this at least.
    AtLeast(Decimal, Text),
    /// The way is not told: by the factor by mouth, if there is one, and by injection by the other.
    Untold(Option<Decimal>, Decimal),
    /// It was counted by another factor.
    Elsewhere,
    /// It does not, and why.
    Not(Text),
}

fn factor(scene: &Scene<'_>, of: &OpioidFactor, drug: &Drug<'_>) -> Counts {
    if !scene.knowledge.opioids_by_route {
        return of.factor.map_or(Counts::Elsewhere, Counts::By);
    }
    let label = &drug.label;
    // What is left out of a total counts as nothing: only what has no factor at all is.
    let no_factor = |way: &str| match of.factor {
        Some(factor) => Counts::AtLeast(
            factor,
            format!("there is no accepted factor for {label} {way}: it counts as by mouth, and may come to more")
                .into(),
        ),
        None => Counts::Not(format!("{label} is not in the total: there is no accepted factor for it {way}").into()),
    };
    match (drug.way(scene.knowledge), of.factor, of.parenteral) {
        (Some(Route::Parenteral), _, Some(factor)) | (Some(Route::Oral), Some(factor), _) => Counts::By(factor),
        (Some(Route::Parenteral), ..) => no_factor("by injection"),
        (Some(Route::Oral), ..) => no_factor("by mouth"),
        (Some(Route::Transdermal), ..) if patch::equivalent(scene, drug).is_some() => Counts::Elsewhere,
        (Some(Route::Transdermal), None, _) => {
            Counts::Not(format!("{label} is not in the total: the rate of the patch is not known").into())
        }
        (Some(Route::Transdermal), ..) => no_factor("through the skin"),
        (Some(Route::Other), ..) => no_factor("given this way"),
        (None, by_mouth, Some(by_injection)) => Counts::Untold(by_mouth, by_injection),
        (None, Some(factor), None) => Counts::By(factor),
        (None, None, None) => no_factor("without the way it is given"),
    }
}

/// Milligrams a day.
fn daily(scene: &Scene<'_>, drug: &Drug<'_>, ingredient: IngredientId) -> Option<Decimal> {
    let running = || scene.knowledge.opioids_by_route.then(|| patch::running(scene, drug)).flatten();
    dosed(scene, drug, ingredient).daily.or_else(running)
}

/// What a drug whose way is not told counts as, and what it would come to by injection.
fn untold(drug: &Drug<'_>, counts: &str, daily: Decimal, by_injection: Decimal) -> Option<Text> {
    let most = plain(daily.checked_mul(by_injection)?);
    let label = &drug.label;
    Some(
        format!("by which way {label} is given is not told: it {counts}, and by injection comes to {most} MME a day")
            .into(),
    )
}

/// The opioids of a day together.
pub(in crate::rule::judge) struct Total<'s> {
    /// Milligrams of morphine by mouth.
    pub(in crate::rule::judge) mme: Decimal,
    /// What counts, and as which opioid.
    pub(in crate::rule::judge) counted: Vec<(&'s Drug<'s>, IngredientId)>,
    /// What is not in the total, or counts for less than it may come to.
    pub(in crate::rule::judge) lacking: Option<Text>,
}

pub(in crate::rule::judge) fn total<'s>(scene: &'s Scene<'s>) -> Total<'s> {
    let mut lacking = None;
    let (mut total, mut counted) = (Decimal::ZERO, vec![]);
    for drug in scene.drugs(Scope::Any) {
        if let Some((ingredient, equivalent)) = patch::equivalent(scene, drug) {
            total += equivalent;
            counted.push((drug, ingredient));
        }
        for one in scene.knowledge.opioid_factors.about(drug.mapped.ingredients.iter().copied()) {
            let Some(ingredient) = one.drugs.first_of(&drug.mapped.ingredients) else { continue };
            let daily = daily(scene, drug, ingredient);
            let by_patch = patch::equivalent(scene, drug).is_some();
            let factor = match factor(scene, one, drug) {
                Counts::By(factor) => factor,
                Counts::AtLeast(factor, words) => {
                    lacking = Some(words);
                    factor
                }
                Counts::Untold(_, more) if by_patch => {
                    let words = daily.and_then(|daily| untold(drug, "counts as a patch", daily, more));
                    lacking = words.or(lacking);
                    continue;
                }
                Counts::Untold(Some(factor), more) => {
                    let words = daily.and_then(|daily| untold(drug, "counts as by mouth", daily, more));
                    lacking = words.or(lacking);
                    factor
                }
                Counts::Untold(None, more) => {
                    let unknown =
                        || format!("by which way {} is given is not told: it is not in the total", drug.label);
                    let words = daily.and_then(|daily| untold(drug, "is not in the total", daily, more));
                    lacking = words.or_else(|| Some(unknown().into()));
                    continue;
                }
                Counts::Elsewhere => continue,
                Counts::Not(why) => {
                    lacking = Some(why);
                    continue;
                }
            };
            match daily.and_then(|daily| daily.checked_mul(factor)) {
                Some(equivalent) => {
                    total += equivalent;
                    counted.push((drug, ingredient));
                    if drug.fact.dose.as_ref().is_some_and(|dose| dose.unread) {
                        lacking = Some(format!("not all of the daily dose of {} is known", drug.label).into());
                    }
                }
                None => lacking = Some(format!("the daily dose of {} is not known", drug.label).into()),
            }
        }
    }
    Total { mme: total, counted, lacking }
}

pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let Total { mme: total, counted, lacking } = self::total(scene);
    let mut rows = Rows { lacking, ..Rows::default() };
    // The row of the highest threshold that is reached.
    let reached = scene.knowledge.opioid_thresholds.iter().filter(|row| total >= row.from_mme && !counted.is_empty());
    let Some(reached) = reached.max_by_key(|row| row.from_mme) else { return rows };
    let observed = counted.iter().map(|(drug, _)| scene.observed_drug(drug)).collect();
    let sum = format!("{} MME a day", plain(total));
    rows.met(format!("{sum}, at least {}: {}", reached.from_mme, reached.row.effect).into(), observed);
    let mut names: Vec<&str> = vec![];
    for (_, id) in &counted {
        let name = scene.knowledge.name(*id).as_str();
        if !(scene.knowledge.opioids_named_once && names.contains(&name)) {
            names.push(name);
        }
    }
    let mut subjects = vec![];
    for (_, ingredient) in &counted {
        let coding = scene.knowledge.coding(*ingredient).clone();
        if !subjects.contains(&coding) {
            subjects.push(coding);
        }
    }
    matches.push(TableMatch {
        row: reached.row.id.clone(),
        severity: reached.row.severity,
        drug: names.join(", ").into(),
        other: sum.into(),
        effect: reached.row.effect.clone(),
        action: reached.row.action.clone(),
        subjects,
        evidence: Some(reached.row.evidence.clone()),
        active: counted.iter().filter_map(|(drug, _)| active_order(scene, drug)).collect(),
    });
    rows
}

#[cfg(test)]
#[path = "opioid_test.rs"]
mod tests;
