//! Drugs to avoid or to watch in a condition, in pregnancy, at an age.

use healthcare_domain::code::Coding;

use super::{Rows, TableMatch, active_order, unrecognised};
use crate::explanation::{Observed, ObservedValue};
use crate::fact::Sex;
use crate::knowledge::{DrugSet, IngredientId, Row, ValueSetId};
use crate::scene::{Drug, Scene};
use crate::text::Text;

pub(super) fn contraindications(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    if scene.conditions.iter().all(|problem| problem.sets.is_empty()) {
        return rows;
    }
    for table_row in scene.knowledge.contraindications.about(scene.judged_ingredients()) {
        // One finding a drug and row, however many codes say the same.
        let problem = scene.conditions.iter().find(|problem| problem.is_in(&table_row.conditions));
        let Some(problem) = problem else { continue };
        let concerned = |(drug, _): &(&Drug<'_>, IngredientId)| !(table_row.systemic && drug.mapped.local);
        for (drug, ingredient) in drugs_in(scene, &table_row.drugs).filter(concerned) {
            let hit = Hit { drug, ingredient, row: &table_row.row, other: problem.label.clone() };
            hit.report(
                scene,
                scene.observed_problem(problem),
                problem.fact.codings.first().cloned(),
                &mut rows,
                matches,
            );
        }
    }
    // A stay or a vaccination is among the conditions, and speaks against no drug.
    let of_a_row = |set: &ValueSetId| scene.knowledge.contraindicating.contains(usize::from(*set));
    let named = || scene.conditions.iter().any(|problem| problem.sets.iter().any(of_a_row));
    rows.lacking = unrecognised(scene.judged().iter()).filter(|_| !scene.knowledge.only_named_conditions || named());
    rows
}

pub(super) fn pregnancy(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    let (patient, pregnant) = (&scene.facts.patient, scene.pregnant());
    if pregnant == Some(false) || (pregnant.is_none() && patient.sex == Some(Sex::Male)) {
        return rows;
    }
    let mut unsafe_drug = None;
    for table_row in scene.knowledge.pregnancy.about(scene.judged_ingredients()) {
        for (drug, ingredient) in drugs_in(scene, &table_row.drugs) {
            if pregnant == Some(true) {
                let hit = Hit { drug, ingredient, row: &table_row.row, other: "pregnancy".into() };
                hit.report(scene, plain("pregnant", ObservedValue::Flag(true)), None, &mut rows, matches);
            } else {
                unsafe_drug = Some(ingredient);
            }
        }
    }
    rows.lacking = match unsafe_drug {
        Some(ingredient) => {
            Some(format!("pregnancy is not known, and {} matters in it", scene.knowledge.name(ingredient)).into())
        }
        None => unrecognised(scene.judged().iter()),
    };
    rows
}

/// Only what is known to be so is told: most patients are never asked.
pub(super) fn lactation(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    if scene.lactating() != Some(true) {
        return rows;
    }
    for table_row in scene.knowledge.lactation.about(scene.judged_ingredients()) {
        for (drug, ingredient) in drugs_in(scene, &table_row.drugs) {
            let hit = Hit { drug, ingredient, row: &table_row.row, other: "breastfeeding".into() };
            hit.report(scene, plain("breastfeeding", ObservedValue::Flag(true)), None, &mut rows, matches);
        }
    }
    rows.lacking = unrecognised(scene.judged().iter());
    rows
}

pub(super) fn age(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    let Some(years) = scene.facts.patient.age_years else {
        // Lacking only where it matters: most drugs suit every age.
        let mut rows_of_age = scene.knowledge.age_cautions.about(scene.judged_ingredients());
        let matters = rows_of_age.find_map(|row| drugs_in(scene, &row.drugs).next());
        rows.lacking = matters
            .map(|(_, id)| format!("age is not known, and it matters for {}", scene.knowledge.name(id)).into())
            .or_else(|| unrecognised(scene.judged().iter()));
        return rows;
    };
    // Where only the years are known, an infant counts as the youngest of that year.
    let months = scene.facts.patient.age_months.unwrap_or(years.saturating_mul(12));
    for table_row in scene.knowledge.age_cautions.about(scene.judged_ingredients()) {
        let concerned = table_row.from_years.is_none_or(|from| years >= from)
            && table_row.below_years.is_none_or(|below| years < below)
            && table_row.below_months.is_none_or(|below| months < below);
        if !concerned {
            continue;
        }
        for (drug, ingredient) in drugs_in(scene, &table_row.drugs) {
            if table_row.except_form.is_some_and(|form| drug.comes(form, scene.knowledge)) {
                continue;
            }
            let hit = Hit { drug, ingredient, row: &table_row.row, other: format!("{years} years").into() };
            let observed = plain("age", ObservedValue::Number(years.into()));
            hit.report(scene, Observed { unit: Some("a".into()), ..observed }, None, &mut rows, matches);
        }
    }
    rows.lacking = unrecognised(scene.judged().iter());
    rows
}

fn drugs_in<'s>(scene: &'s Scene<'_>, set: &'s DrugSet) -> impl Iterator<Item = (&'s Drug<'s>, IngredientId)> {
    scene
        .judged()
        .iter()
        .filter_map(move |drug| set.first_of(&drug.mapped.ingredients).map(|ingredient| (drug, ingredient)))
}

fn plain(what: &str, value: ObservedValue) -> Observed {
    Observed { what: what.into(), value: Some(value), unit: None, source: None, at: None, age_seconds: None }
}

/// A drug that a row speaks of.
struct Hit<'a> {
    drug: &'a Drug<'a>,
    ingredient: IngredientId,
    row: &'a Row,
    other: Text,
}

impl Hit<'_> {
    fn report(
        self,
        scene: &Scene<'_>,
        because: Observed,
        coding: Option<Coding>,
        rows: &mut Rows,
        matches: &mut Vec<TableMatch>,
    ) {
        let Self { drug, ingredient, row, other } = self;
        let name = scene.knowledge.name(ingredient);
        rows.met(format!("{name} with {other}: {}", row.effect).into(), vec![scene.observed_drug(drug), because]);
        let mut subjects = vec![scene.knowledge.coding(ingredient).clone()];
        subjects.extend(coding);
        matches.push(TableMatch {
            row: row.id.clone(),
            severity: row.severity,
            drug: name.clone(),
            other,
            effect: row.effect.clone(),
            action: row.action.clone(),
            subjects,
            evidence: Some(row.evidence.clone()),
            active: active_order(scene, drug).into_iter().collect(),
        });
    }
}
