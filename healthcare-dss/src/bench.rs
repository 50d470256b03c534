//! Realistic evaluations for the bench harness: prescriptions for an inpatient with ten medications.

use std::sync::Arc;

use serde_json::json;

use crate::book::{RuleBook, Trigger};
use crate::evaluation::Judgement;
use crate::fact::Facts;
use crate::knowledge::Knowledge;
use crate::rule::{Given, GivenObservation, RuleDocument, RuleError};

/// A book, and the facts of prescription checks before signing.
#[derive(Debug)]
pub struct PrescriptionCheck {
    book: RuleBook,
    /// One a draft.
    facts: Vec<Facts>,
}

impl PrescriptionCheck {
    /// The shipped rules and one draft for a made-up patient.
    ///
    /// # Errors
    /// As [`RuleBook::embedded`].
    pub fn new() -> Result<Self, RuleError> {
        let book = RuleBook::from_embedded(Arc::new(Knowledge::embedded()?))?;
        let facts = vec![Given { active: words(&TAKEN), ..inpatient("Ibuprofen 200 MG Oral Tablet") }.facts()];
        Ok(Self { book, facts })
    }

    /// So many rules that are asked before signing, the shipped ones among them and the others about pairs of drugs, a
    /// drug with a condition, with a measurement, or at an age; and a draft of every eighth ingredient, every other one for
    /// somebody who takes ten other drugs.
    ///
    /// # Errors
    /// As [`RuleBook::embedded`].
    pub fn among(rules: usize) -> Result<Self, RuleError> {
        let shipped = RuleBook::embedded()?;
        let knowledge = Arc::new(Knowledge::embedded()?);
        let single = |name: &&crate::Text| knowledge.by_name.get(*name).is_some_and(|ids| ids.len() == 1);
        let drugs: Vec<&str> =
            knowledge.ingredients.iter().map(|one| &one.name).filter(single).map(|one| &**one).collect();
        let asked = |rule: &&RuleDocument| rule.triggers.iter().any(|trigger| &**trigger == Trigger::ORDER_SIGN.0);
        let mut documents: Vec<RuleDocument> = shipped.documents().filter(asked).cloned().collect();
        for nth in documents.len()..rules {
            let text = generated(nth, &drugs).to_string();
            documents.push(RuleDocument::read("generated", &text)?);
        }
        let taken = |nth: usize| -> Vec<String> {
            let other = |place: usize| format!("{} 10 MG Oral Tablet", drugs[(nth * 37 + place * 101) % drugs.len()]);
            if nth.is_multiple_of(2) { words(&TAKEN) } else { (0..TAKEN.len()).map(other).collect() }
        };
        let drafts = drugs.iter().step_by(8).enumerate();
        let facts = drafts.map(|(nth, draft)| Given { active: taken(nth), ..inpatient(draft) }.facts()).collect();
        Ok(Self { book: RuleBook::from_documents(knowledge, documents)?, facts })
    }

    /// How many different drafts there are to check.
    #[must_use]
    pub fn drafts(&self) -> usize {
        self.facts.len()
    }

    /// Judges the first prescription once.
    #[must_use]
    pub fn run(&self) -> Checked {
        self.check(0)
    }

    /// Judges one of the prescriptions once.
    #[must_use]
    pub fn check(&self, draft: usize) -> Checked {
        let facts = &self.facts[draft % self.facts.len()];
        let judged = std::hint::black_box(self.book.evaluate(Trigger::ORDER_SIGN, std::hint::black_box(facts)));
        Checked { rules: judged.len(), explained: judged.judgements.len() }
    }

    /// Judges every rule of the book on one of the prescriptions in full, each with its tree; how many there are.
    #[must_use]
    pub fn in_full(&self, draft: usize) -> usize {
        std::hint::black_box(self.judged_in_full(draft)).len()
    }

    /// The same, and writes each judgement as JSON; how many there are, and how many bytes.
    #[must_use]
    pub fn written(&self, draft: usize) -> (usize, usize) {
        let judged = self.judged_in_full(draft);
        let bytes = std::hint::black_box(serde_json::to_vec(&judged).unwrap_or_default()).len();
        (judged.len(), bytes)
    }

    fn judged_in_full(&self, draft: usize) -> Vec<Judgement> {
        let facts = &self.facts[draft % self.facts.len()];
        let rules = self.book.documents().map(|rule| rule.id.as_str());
        self.book.judge_some(rules, std::hint::black_box(facts))
    }
}

/// What one check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// The rules that were judged, those that were passed by among them.
    pub rules: usize,
    /// Those of them that were looked at in full, each with its tree.
    pub explained: usize,
}

/// A rule as a house might have many of.
fn generated(nth: usize, drugs: &[&str]) -> serde_json::Value {
    const CONDITIONS: [&str; 5] = ["heart-failure", "asthma", "ckd", "diabetes", "peptic-ulcer"];
    let drug = |nth: usize| format!("ingredient:{}", drugs[nth % drugs.len()]);
    let draft = json!({"drug": {"of": "draft", "in": [drug(nth)], "as": "drug"}});
    let also = match nth % 4 {
        0 => json!({"drug": {"of": "active", "in": [drug(nth * 7 + 3), drug(nth * 11 + 5)]}}),
        1 => json!({"condition": {"value_sets": [CONDITIONS[nth % CONDITIONS.len()]]}}),
        2 => json!({"observation": {
            "value_set": "potassium", "unit": "mmol/L", "is": {"at_least": 3 + nth % 4}, "within_hours": 24
        }}),
        _ => json!({"age_years": {"at_least": 60 + nth % 30}}),
    };
    json!({
        "id": format!("generated-{nth:05}"), "version": 1, "title": "Generated", "purpose": "To be one of many",
        "evidence": [{"citation": "none", "grade": "local-practice", "source": "unchecked"}],
        "owner": "bench", "severity": "warning", "triggers": [Trigger::ORDER_SIGN.0], "when": {"all": [draft, also]},
        "then": {"summary": "{drug}", "detail": "{drug}"},
        "tests": [{"name": "nothing is known", "given": {}, "expect": "not_fired"}]
    })
}

/// What an inpatient takes, as products are named.
const TAKEN: [&str; 10] = [
    "warfarin 5 MG Oral Tablet",
    "atorvastatin 20 MG Oral Tablet",
    "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet",
    "lisinopril 10 MG Oral Tablet",
    "metformin hydrochloride 500 MG Oral Tablet",
    "levothyroxine sodium 0.05 MG Oral Tablet",
    "omeprazole 20 MG Delayed Release Oral Capsule",
    "amlodipine 5 MG Oral Tablet",
    "sertraline 50 MG Oral Tablet",
    "Acetaminophen 325 MG Oral Tablet",
];

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|words| (*words).to_owned()).collect()
}

/// An inpatient, and a draft.
fn inpatient(draft: &str) -> Given {
    Given {
        age: Some(71),
        sex: Some(crate::fact::Sex::Female),
        pregnant: Some(false),
        allergies: Some(words(&["snomed|91936005", "codeine"])),
        draft: Some(draft.into()),
        conditions: words(&["icd10cm|I10", "icd10cm|E11.9", "icd10cm|N18.31", "snomed|53741008"]),
        observations: vec![GivenObservation {
            loinc: "2823-3".into(),
            value: rust_decimal::Decimal::new(42, 1),
            unit: "mmol/L".into(),
            hours_ago: 3,
            at_age: None,
        }],
        ..Given::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Checked, PrescriptionCheck};

    #[test]
    fn given_many_rules_when_a_prescription_is_checked_then_each_is_judged() {
        let check = PrescriptionCheck::among(2_000).unwrap();
        assert!(check.drafts() > 50);
        for draft in 0..check.drafts() {
            let Checked { rules, explained } = check.check(draft);
            assert_eq!(rules, 2_000);
            assert!((1..200).contains(&explained), "{explained} of a trigger that matches few");
        }
        assert_eq!(check.in_full(3), 2_000);
        let (written, bytes) = check.written(3);
        assert!(written == 2_000 && bytes > 100 * written, "each with its tree: {bytes}");
    }
}
