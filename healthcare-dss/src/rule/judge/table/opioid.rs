//! The opioids of a day together, as morphine by mouth.

use rust_decimal::Decimal;

use super::dosed::{dosed, plain};
use super::patch;
use super::{Rows, TableMatch, active_order};
use crate::dose::Route;
use crate::knowledge::OpioidFactor;
use crate::rule::document::Scope;
use crate::scene::{Drug, Scene};
use crate::text::Text;

/// How an opioid counts.
enum Counts {
    /// By this factor.
    By(Decimal),
    /// By the factor by mouth, for the way is not told; another way counts otherwise.
    AsIfByMouth(Decimal),
    /// It was counted as a patch.
    Elsewhere,
    /// It does not, and why.
    Not(Text),
}

fn factor(scene: &Scene<'_>, of: &OpioidFactor, drug: &Drug<'_>) -> Counts {
    let no_factor = |way: &str| {
        Counts::Not(format!("{} is not in the total: there is no accepted factor for it {way}", drug.label).into())
    };
    if !scene.knowledge.opioids_by_route {
        return of.factor.map_or(Counts::Elsewhere, Counts::By);
    }
    match (patch::way(drug), of.factor, of.parenteral) {
        (Some(Route::Transdermal), ..) if patch::equivalent(scene, drug).is_some() => Counts::Elsewhere,
        (Some(Route::Transdermal), ..) => {
            Counts::Not(format!("{} is not in the total: the rate of the patch is not known", drug.label).into())
        }
        (Some(Route::Parenteral), _, Some(factor)) => Counts::By(factor),
        (Some(Route::Parenteral), _, None) => no_factor("by injection"),
        (Some(Route::Oral), Some(factor), _) => Counts::By(factor),
        (Some(Route::Oral), None, _) => no_factor("by mouth"),
        (Some(Route::Other), ..) => no_factor("given this way"),
        (None, Some(factor), Some(_)) => Counts::AsIfByMouth(factor),
        (None, Some(factor), None) => Counts::By(factor),
        (None, None, _) => no_factor("without the way it is given"),
    }
}

pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    let (mut total, mut counted) = (Decimal::ZERO, vec![]);
    for drug in scene.drugs(Scope::Any) {
        if let Some((ingredient, equivalent)) = patch::equivalent(scene, drug) {
            total += equivalent;
            counted.push((drug, ingredient));
        }
        for one in &scene.knowledge.opioid_factors {
            let Some(ingredient) = one.drugs.first_of(&drug.mapped.ingredients) else { continue };
            let factor = match factor(scene, one, drug) {
                Counts::By(factor) => factor,
                Counts::AsIfByMouth(factor) => {
                    let words = format!("by which way {} is given is not told: it counts as by mouth", drug.label);
                    rows.lacking = Some(words.into());
                    factor
                }
                Counts::Elsewhere => continue,
                Counts::Not(why) => {
                    rows.lacking = Some(why);
                    continue;
                }
            };
            let own = dosed(scene, drug, ingredient);
            match own.daily.and_then(|daily| daily.checked_mul(factor)) {
                Some(equivalent) => {
                    total += equivalent;
                    counted.push((drug, ingredient));
                }
                None => rows.lacking = Some(format!("the daily dose of {} is not known", drug.label).into()),
            }
        }
    }
    // The row of the highest threshold that is reached.
    let reached = scene.knowledge.opioid_thresholds.iter().filter(|row| total >= row.from_mme && !counted.is_empty());
    let Some(reached) = reached.max_by_key(|row| row.from_mme) else { return rows };
    let observed = counted.iter().map(|(drug, _)| scene.observed_drug(drug)).collect();
    let sum = format!("{} MME a day", plain(total));
    rows.met(format!("{sum}, at least {}: {}", reached.from_mme, reached.row.effect).into(), observed);
    let names: Vec<&str> = counted.iter().map(|(_, id)| scene.knowledge.name(*id).as_str()).collect();
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
