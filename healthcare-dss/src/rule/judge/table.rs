//! Conditions that look into a table: one match, and later one finding, a row.

mod allergy;
mod caution;
mod dose;
mod dosed;
mod duplicate;
mod interaction;
mod monitoring;
mod opioid;
mod patch;
mod renal;
mod unmapped;

use healthcare_domain::code::Coding;

pub(in crate::rule::judge) use opioid::total as opioid_total;

use crate::evidence::Evidence;
use crate::explanation::{Explanation, Observed, Tree, Truth};
use crate::finding::Severity;
use crate::rule::condition::Condition;
use crate::rule::document::TableKind;
use crate::scene::{Drug, Scene};
use crate::text::Text;

/// A row of a table that holds for this patient.
pub(in crate::rule) struct TableMatch {
    /// The row, part of the finding's identity.
    pub(in crate::rule) row: Text,
    pub(in crate::rule) severity: Severity,
    /// `{drug}`
    pub(in crate::rule) drug: Text,
    /// `{other}`: the other drug, the allergy, the condition.
    pub(in crate::rule) other: Text,
    /// `{effect}`
    pub(in crate::rule) effect: Text,
    /// `{action}`
    pub(in crate::rule) action: Text,
    pub(in crate::rule) subjects: Vec<Coding>,
    pub(in crate::rule) evidence: Option<Evidence>,
    /// The active orders among what was matched.
    pub(in crate::rule) active: Vec<(crate::fact::EventRef, Text)>,
}

/// What a table found: explained rows, and what could not be told.
#[derive(Default)]
struct Rows {
    explained: Vec<Tree>,
    lacking: Option<Text>,
}

impl Rows {
    fn met(&mut self, words: Text, observed: Vec<Observed>) {
        let row = Explanation { condition: words, outcome: Truth::Met, observed, lacking: None, children: vec![] };
        self.explained.push(row.into());
    }
}

pub(super) fn evaluate(
    kind: TableKind,
    condition: &Condition,
    scene: &Scene<'_>,
    matches: &mut Vec<TableMatch>,
) -> Explanation {
    let rows = match kind {
        TableKind::AllergyConflict => allergy::evaluate(scene, matches),
        TableKind::Interaction => interaction::evaluate(scene, matches),
        TableKind::Contraindication => caution::contraindications(scene, matches),
        TableKind::Pregnancy => caution::pregnancy(scene, matches),
        TableKind::Lactation => caution::lactation(scene, matches),
        TableKind::DoseLimit => dose::evaluate(scene, matches),
        TableKind::RenalLimit => renal::evaluate(scene, matches),
        TableKind::Monitoring => monitoring::evaluate(scene, matches),
        TableKind::OpioidTotal => opioid::evaluate(scene, matches),
        TableKind::AgeCaution => caution::age(scene, matches),
        TableKind::Duplicate => duplicate::evaluate(scene, matches),
        TableKind::UnmappedDrug => unmapped::drugs(scene, matches),
        TableKind::UnmappedAllergy => unmapped::allergies(scene, matches),
    };
    let outcome = match (rows.explained.is_empty(), rows.lacking.is_some()) {
        (false, _) => Truth::Met,
        (true, true) => Truth::Missing,
        (true, false) => Truth::NotMet,
    };
    let observed = if rows.explained.is_empty() {
        scene.judged().iter().map(|drug| scene.observed_drug(drug)).collect()
    } else {
        vec![]
    };
    Explanation {
        condition: condition.words.clone(),
        outcome,
        observed,
        lacking: rows.lacking,
        children: rows.explained,
    }
}

/// What of the judged drugs could not be recognised, and therefore not checked.
fn unrecognised<'a>(mut drugs: impl Iterator<Item = &'a Drug<'a>>) -> Option<Text> {
    drugs
        .find(|drug| drug.mapped.unrecognised.is_some())
        .map(|drug| format!("{} was not recognised", drug.label).into())
}

/// The order of a drug, if it is an active one and not the draft.
fn active_order(scene: &Scene<'_>, drug: &Drug<'_>) -> Option<(crate::fact::EventRef, Text)> {
    let is_draft = scene.facts.draft.as_ref().is_some_and(|draft| draft.source == drug.fact.source);
    (!is_draft).then(|| (drug.fact.source, drug.label.clone()))
}

#[cfg(test)]
#[path = "table/rows_test.rs"]
mod tests;
