//! The same ingredient twice, or two of a class of which one is enough.

use super::{Rows, TableMatch, active_order, unrecognised};
use crate::finding::Severity;
use crate::knowledge::IngredientId;
use crate::rule::document::Scope;
use crate::scene::{Drug, Scene};
use crate::text::Text;

/// The draft against everything active; without a draft, everything active against each other.
pub(super) fn evaluate(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    match &scene.draft {
        Some(draft) => scene.active.iter().for_each(|other| compare(scene, draft, other, &mut rows, matches)),
        None => {
            for (nth, first) in scene.active.iter().enumerate() {
                scene.active[nth + 1..].iter().for_each(|other| compare(scene, first, other, &mut rows, matches));
            }
        }
    }
    let compared = if scene.draft.is_some() { !scene.active.is_empty() } else { scene.active.len() > 1 };
    if compared {
        rows.lacking = unrecognised(scene.drugs(Scope::Any));
    }
    rows
}

fn compare(scene: &Scene<'_>, first: &Drug<'_>, other: &Drug<'_>, rows: &mut Rows, matches: &mut Vec<TableMatch>) {
    let shared = first.mapped.ingredients.iter().find(|id| other.mapped.ingredients.contains(id));
    if let Some(shared) = shared {
        let name = scene.knowledge.name(*shared);
        let told = Told {
            row: "same-ingredient".into(),
            severity: Severity::Warning,
            effect: format!("both contain {name}").into(),
            action: "Stop one of the two, or confirm that both are meant.".into(),
            evidence: None,
        };
        return told.report(scene, (first, *shared), (other, *shared), rows, matches);
    }
    let local = first.mapped.local || other.mapped.local;
    let rows_about = scene.knowledge.duplicates.about(first.mapped.ingredients.iter().copied());
    for duplicate in rows_about.filter(|duplicate| !(duplicate.systemic && local)) {
        let member =
            |drug: &Drug<'_>| drug.mapped.ingredients.iter().copied().find(|id| duplicate.members.contains(id.index()));
        if let Some(a) = member(first)
            && let Some(b) = member(other)
        {
            let (row, class) = (&duplicate.row, &scene.knowledge.classes[duplicate.class]);
            let told = Told {
                row: row.id.clone(),
                severity: row.severity,
                effect: format!("both are {}: {}", class.title, row.effect).into(),
                action: row.action.clone(),
                evidence: Some(row.evidence.clone()),
            };
            told.report(scene, (first, a), (other, b), rows, matches);
        }
    }
}

struct Told {
    row: Text,
    severity: Severity,
    effect: Text,
    action: Text,
    evidence: Option<crate::evidence::Evidence>,
}

impl Told {
    fn report(
        self,
        scene: &Scene<'_>,
        (first, a): (&Drug<'_>, IngredientId),
        (other, b): (&Drug<'_>, IngredientId),
        rows: &mut Rows,
        matches: &mut Vec<TableMatch>,
    ) {
        rows.met(self.effect.clone(), vec![scene.observed_drug(first), scene.observed_drug(other)]);
        let mut subjects = vec![scene.knowledge.coding(a).clone()];
        if b != a {
            subjects.push(scene.knowledge.coding(b).clone());
        }
        matches.push(TableMatch {
            row: self.row,
            severity: self.severity,
            drug: first.label.clone(),
            other: other.label.clone(),
            effect: self.effect,
            action: self.action,
            subjects,
            evidence: self.evidence,
            active: [first, other].into_iter().filter_map(|drug| active_order(scene, drug)).collect(),
        });
    }
}
