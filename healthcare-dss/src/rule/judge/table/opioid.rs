//! The opioids of a day together, as morphine by mouth.

use rust_decimal::Decimal;

use super::dosed::{dosed, plain};
use super::patch;
use super::{Rows, TableMatch, active_order};
use crate::rule::document::Scope;
use crate::scene::Scene;

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
            let own = dosed(scene, drug, ingredient);
            match own.daily.and_then(|daily| daily.checked_mul(one.factor)) {
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
