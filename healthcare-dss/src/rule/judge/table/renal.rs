//! Drugs and doses that the kidneys do not bear.

use rust_decimal::Decimal;

use super::super::leaf::bounded;
use super::dosed::{dosed, plain};
use super::{Rows, TableMatch, active_order, unrecognised};
use crate::explanation::INCOMPARABLE;
use crate::fact::{Bound, ObservationFact};
use crate::rule::document::Range;
use crate::scene::Scene;

/// How old an eGFR may be: a year.
const WITHIN_SECONDS: i64 = 365 * 24 * 3600;
const UNIT: &str = "mL/min/{1.73_m2}";

pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    let egfr = egfr(scene);
    for limit in scene.knowledge.renal_limits.about(scene.judged_ingredients()) {
        for drug in scene.judged().iter().filter(|drug| !drug.mapped.local) {
            let Some(ingredient) = limit.drugs.first_of(&drug.mapped.ingredients) else { continue };
            let name = scene.knowledge.name(ingredient);
            let Some((fact, value)) = egfr else {
                rows.lacking = Some(format!("kidney function is not known, and {name} depends on it").into());
                continue;
            };
            let Some(value) = value else {
                let known = format!("eGFR in {} {INCOMPARABLE} in {UNIT}", fact.unit);
                rows.lacking = Some(format!("{known}, and {name} depends on it").into());
                continue;
            };
            let limits = Range { at_least: limit.egfr_from, below: Some(limit.egfr_below), ..Range::default() };
            match limits.settled(value, fact.bound) {
                Some(true) => {}
                Some(false) => continue,
                None => {
                    let known = bounded(&"eGFR".into(), fact);
                    rows.lacking = Some(format!("{known} {INCOMPARABLE} with {}, of {name}", limits.words()).into());
                    continue;
                }
            }
            if let Some(most) = limit.daily_mg {
                let own = dosed(scene, drug, ingredient);
                match own.daily {
                    Some(daily) if daily > most => {}
                    Some(_) if !drug.fact.dose.as_ref().is_some_and(|dose| dose.unread) => continue,
                    Some(_) | None => {
                        rows.lacking = Some(
                            format!("the daily dose of {name} is not known; at this eGFR at most {} mg", plain(most))
                                .into(),
                        );
                        continue;
                    }
                }
            }
            let sign = fact.bound.map_or("", Bound::sign);
            let words = format!("{name} at eGFR {sign}{}: {}", plain(value), limit.row.effect);
            let observed = scene.observed_value(&"eGFR".into(), fact);
            rows.met(words.into(), vec![scene.observed_drug(drug), observed]);
            matches.push(TableMatch {
                row: limit.row.id.clone(),
                severity: limit.row.severity,
                drug: name.clone(),
                other: format!("eGFR {sign}{}", plain(value)).into(),
                effect: limit.row.effect.clone(),
                action: limit.row.action.clone(),
                subjects: vec![scene.knowledge.coding(ingredient).clone(), fact.code.clone()],
                evidence: Some(limit.row.evidence.clone()),
                active: active_order(scene, drug).into_iter().collect(),
            });
        }
    }
    rows.lacking = rows.lacking.or_else(|| unrecognised(scene.judged().iter()));
    rows
}

/// The newest eGFR of the last year, and its value in the unit of the limits, if it can be converted.
fn egfr<'a>(scene: &Scene<'a>) -> Option<(&'a ObservationFact, Option<Decimal>)> {
    let set = scene.knowledge.value_sets.by_id.get("egfr").copied()?;
    let (_, fact) = scene.of_set(set).first().copied()?;
    if scene.facts.at.signed_duration_since(fact.at).num_seconds() > WITHIN_SECONDS {
        return None;
    }
    let value = scene.knowledge.value_sets.sets[usize::from(set)].convert(fact.value, &fact.unit, UNIT);
    Some((fact, value))
}
