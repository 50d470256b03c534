//! A drug against the recorded allergies.

use super::{Rows, TableMatch, active_order, unrecognised};
use crate::evidence::{Evidence, EvidenceGrade, SourceRead};
use crate::fact::{AllergyKind, AllergyKnowledge, Criticality};
use crate::finding::Severity;
use crate::knowledge::{IngredientId, Row};
use crate::scene::{Allergy, Drug, Scene};
use crate::text::Text;

pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    for drug in scene.judged() {
        for allergy in &scene.allergies {
            let conflict = drug
                .mapped
                .ingredients
                .iter()
                .filter_map(|ingredient| conflict(scene, allergy, *ingredient))
                .min_by_key(|c| c.severity);
            if let Some(conflict) = conflict {
                report(scene, drug, allergy, conflict, &mut rows, matches);
            }
        }
    }
    rows.lacking = lacking(scene);
    rows
}

struct Conflict<'a> {
    severity: Severity,
    ingredient: IngredientId,
    /// The cross-reaction; none where the allergy covers the drug itself.
    row: Option<&'a Row>,
}

/// The allergy covers the ingredient itself, or one that it cross-reacts with.
fn conflict<'a>(scene: &'a Scene<'_>, allergy: &Allergy<'_>, ingredient: IngredientId) -> Option<Conflict<'a>> {
    let direct = allergy.mapped.drugs.contains(ingredient.index());
    let row = if direct {
        None
    } else {
        let table = &scene.knowledge.cross_reactions;
        if !table.speaks_of(ingredient) {
            return None;
        }
        let crossing = table.rows.iter().filter(|pair| {
            pair.b.members.contains(ingredient.index()) && pair.a.members.common(&allergy.mapped.drugs).next().is_some()
        });
        Some(&crossing.min_by_key(|pair| pair.row.severity)?.row)
    };
    let severity = row.map_or(Severity::Critical, |row| row.severity);
    // An intolerance is no immune reaction: it is shown and does not interrupt, unless someone called it dangerous.
    let mild =
        allergy.fact.kind == Some(AllergyKind::Intolerance) && allergy.fact.criticality != Some(Criticality::High);
    let severity = if mild { severity.max(Severity::Warning) } else { severity };
    Some(Conflict { severity, ingredient, row })
}

fn report(
    scene: &Scene<'_>,
    drug: &Drug<'_>,
    allergy: &Allergy<'_>,
    Conflict { severity, ingredient, row }: Conflict<'_>,
    rows: &mut Rows,
    matches: &mut Vec<TableMatch>,
) {
    let name = scene.knowledge.name(ingredient);
    let words = match row {
        None => format!("{name} is covered by the recorded allergy to {}", allergy.label),
        Some(row) => format!("{name} may cross-react with the recorded allergy to {}: {}", allergy.label, row.effect),
    };
    rows.met(words.into(), vec![scene.observed_drug(drug), scene.observed_allergy(allergy)]);
    let mut subjects = vec![scene.knowledge.coding(ingredient).clone()];
    subjects.extend(allergy.fact.codings.first().cloned());
    let own = || Evidence {
        citation: "The patient's own allergy record".into(),
        link: None,
        grade: EvidenceGrade::LocalPractice,
        source: SourceRead::Checked,
    };
    matches.push(TableMatch {
        // Two allergies recorded in words alone have no code to tell them apart.
        row: row.map_or_else(
            || Text::from(format!("direct:{}", allergy.label)),
            |row| format!("{}:{}", row.id, allergy.label).into(),
        ),
        severity,
        drug: drug.label.clone(),
        other: allergy.label.clone(),
        effect: row.map_or_else(|| format!("{name} is covered by it").into(), |row| row.effect.clone()),
        action: row.map_or_else(
            || "Choose another drug, or confirm that the record is wrong.".into(),
            |row| row.action.clone(),
        ),
        subjects,
        evidence: Some(row.map_or_else(own, |row| row.evidence.clone())),
        active: active_order(scene, drug).into_iter().collect(),
    });
}

fn lacking(scene: &Scene<'_>) -> Option<Text> {
    if scene.facts.allergies == AllergyKnowledge::NotAsked && !scene.judged().is_empty() {
        return Some("allergies are unknown".into());
    }
    if scene.allergies.is_empty() {
        return None;
    }
    let unmapped = scene.allergies.iter().find(|allergy| !allergy.mapped.recognised);
    unmapped
        .map(|allergy| format!("the allergy to {} was not recognised", allergy.label).into())
        .or_else(|| unrecognised(scene.judged().iter()))
}
