//! What has to be measured while a drug is taken, and was not for too long.

use super::{Rows, TableMatch, active_order};
use crate::scene::Scene;

const DAY: i64 = 24 * 3600;

/// Active medications only: what is about to be ordered is not late yet.
pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    let age = |at| scene.facts.at.signed_duration_since(at).num_seconds();
    let taken = scene.active.iter().flat_map(|drug| drug.mapped.ingredients.iter().copied());
    for due in scene.knowledge.monitoring.about(taken) {
        let limit = i64::from(due.within_days) * DAY;
        for drug in &scene.active {
            let Some(ingredient) = due.drugs.first_of(&drug.mapped.ingredients) else { continue };
            let newest =
                due.tests.iter().filter_map(|test| scene.of_set(*test).first()).max_by_key(|(_, fact)| fact.at);
            // Since it was ordered, or since it was measured last: whichever is later.
            let since = newest.map_or(drug.fact.at, |(_, fact)| fact.at.max(drug.fact.at));
            if age(since) <= limit {
                continue;
            }
            let name = scene.knowledge.name(ingredient);
            let tests: Vec<&str> = due
                .tests
                .iter()
                .map(|test| scene.knowledge.value_sets.sets[usize::from(*test)].title.as_str())
                .collect();
            let tests = tests.join(" or ");
            let last = match newest {
                Some((_, fact)) => format!("{tests} last {} days ago", age(fact.at) / DAY),
                None => format!("no {tests} on record"),
            };
            rows.met(
                format!("{name}: {last}, due every {} days", due.within_days).into(),
                vec![scene.observed_drug(drug)],
            );
            matches.push(TableMatch {
                row: due.row.id.clone(),
                severity: due.row.severity,
                drug: name.clone(),
                other: last.into(),
                effect: due.row.effect.clone(),
                action: due.row.action.clone(),
                subjects: vec![scene.knowledge.coding(ingredient).clone()],
                evidence: Some(due.row.evidence.clone()),
                active: active_order(scene, drug).into_iter().collect(),
            });
        }
    }
    rows
}
