//! Two drugs that meet badly.

use super::{Rows, TableMatch, active_order, unrecognised};
use crate::finding::Severity;
use crate::knowledge::{DrugPair, IngredientId};
use crate::rule::document::Scope;
use crate::scene::{Drug, Scene};

/// The draft against everything active; without a draft, everything active against each other.
pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    match &scene.draft {
        Some(draft) => scene.active.iter().for_each(|other| meet(scene, draft, other, &mut rows, matches)),
        None => {
            for (nth, first) in scene.active.iter().enumerate() {
                scene.active[nth + 1..].iter().for_each(|other| meet(scene, first, other, &mut rows, matches));
            }
        }
    }
    let met_anything = if scene.draft.is_some() { !scene.active.is_empty() } else { scene.active.len() > 1 };
    if met_anything {
        rows.lacking = unrecognised(scene.drugs(Scope::Any));
    }
    rows
}

fn meet(scene: &Scene<'_>, first: &Drug<'_>, other: &Drug<'_>, rows: &mut Rows, matches: &mut Vec<TableMatch>) {
    let table = &scene.knowledge.interactions;
    let mut told: Vec<*const DrugPair> = vec![];
    for a in first.mapped.ingredients.iter().copied().filter(|a| table.speaks_of(*a)) {
        for b in other.mapped.ingredients.iter().copied().filter(|b| *b != a) {
            // Of the rows that speak of the same two ingredients the severest is told, the first of equals: one
            // alert a pair, not one a class they happen to share.
            let severest = table.directed(a, b).chain(table.directed(b, a)).min_by_key(|pair| pair.row.severity);
            if let Some(pair) = severest
                && !told.contains(&std::ptr::from_ref(pair))
            {
                told.push(pair);
                report(scene, (first, a), (other, b), pair, rows, matches);
            }
        }
    }
}

fn report(
    scene: &Scene<'_>,
    (first, a): (&Drug<'_>, IngredientId),
    (other, b): (&Drug<'_>, IngredientId),
    pair: &DrugPair,
    rows: &mut Rows,
    matches: &mut Vec<TableMatch>,
) {
    let (first_name, other_name) = (scene.knowledge.name(a), scene.knowledge.name(b));
    let words = format!("{first_name} with {other_name} ({} with {}): {}", pair.a.words, pair.b.words, pair.row.effect);
    rows.met(words.into(), vec![scene.observed_drug(first), scene.observed_drug(other)]);
    // Of what acts where it is put hardly anything reaches the blood: it is shown, and does not interrupt.
    let severity = if first.mapped.local || other.mapped.local {
        pair.row.severity.max(Severity::Warning)
    } else {
        pair.row.severity
    };
    matches.push(TableMatch {
        row: pair.row.id.clone(),
        severity,
        drug: first_name.clone(),
        other: other_name.clone(),
        effect: pair.row.effect.clone(),
        action: pair.row.action.clone(),
        subjects: vec![scene.knowledge.coding(a).clone(), scene.knowledge.coding(b).clone()],
        evidence: Some(pair.row.evidence.clone()),
        active: [first, other].into_iter().filter_map(|drug| active_order(scene, drug)).collect(),
    });
}

#[cfg(test)]
#[path = "interaction_test.rs"]
mod tests;
