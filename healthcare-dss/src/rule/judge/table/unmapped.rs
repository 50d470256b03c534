//! What could not be recognised is told: silence would read as "checked, nothing found".

use healthcare_domain::code::Coding;

use super::{Rows, TableMatch, active_order};
use crate::finding::Severity;
use crate::rule::document::Scope;
use crate::scene::Scene;
use crate::text::Text;

/// The draft and the active medications: an active one that is not known was not checked against the draft.
pub(super) fn drugs(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    for drug in scene.drugs(Scope::Any) {
        let Some(words) = &drug.mapped.unrecognised else { continue };
        rows.met(format!("{} was not recognised: `{words}`", drug.label).into(), vec![scene.observed_drug(drug)]);
        matches.push(TableMatch {
            row: format!("unmapped-drug:{}", drug.label).into(),
            severity: Severity::Warning,
            drug: drug.label.clone(),
            other: words.clone(),
            effect: "allergies, interactions, contraindications and duplicates were not checked for it".into(),
            action: "Check it by hand.".into(),
            subjects: subject(&drug.fact.codings, &drug.label),
            evidence: None,
            active: active_order(scene, drug).into_iter().collect(),
        });
    }
    rows
}

/// Recorded allergies without a known meaning.
pub(super) fn allergies(scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Rows {
    let mut rows = Rows::default();
    for allergy in scene.allergies.iter().filter(|allergy| !allergy.mapped.recognised) {
        rows.met(
            format!("the allergy to {} was not recognised", allergy.label).into(),
            vec![scene.observed_allergy(allergy)],
        );
        matches.push(TableMatch {
            row: format!("unmapped-allergy:{}", allergy.label).into(),
            severity: Severity::Warning,
            drug: allergy.label.clone(),
            other: allergy.label.clone(),
            effect: "prescriptions were not checked against it".into(),
            action: "Check by hand, and code the allergy.".into(),
            subjects: subject(&allergy.fact.codings, &allergy.label),
            evidence: None,
            active: vec![],
        });
    }
    rows
}

fn subject(codings: &[Coding], label: &Text) -> Vec<Coding> {
    let uncoded = || Coding { system: "urn:healthcare:text".into(), code: label.to_string(), display: None };
    vec![codings.first().cloned().unwrap_or_else(uncoded)]
}
