//! Realistic evaluations for the bench harness: prescriptions for an inpatient with ten medications.

use std::sync::Arc;

use serde_json::json;

use crate::book::{RuleBook, Trigger};
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
        Ok(Self { book, facts: vec![inpatient("Ibuprofen 200 MG Oral Tablet").facts()] })
    }

    /// So many rules that are asked before signing, the shipped ones among them and the others about pairs of drugs, a
    /// drug with a condition, with a measurement, or at an age; and a draft of every eighth ingredient.
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
        let facts = drugs.iter().step_by(8).map(|draft| inpatient(draft).facts()).collect();
        Ok(Self { book: RuleBook::from_documents(knowledge, documents)?, facts })
    }

    /// How many different drafts there are to check.
    #[must_use]
    pub fn drafts(&self) -> usize {
        self.facts.len()
    }

    /// Judges the first prescription once; the number of rules judged.
    #[must_use]
    pub fn run(&self) -> usize {
        self.check(0)
    }

    /// Judges one of the prescriptions once; the number of rules judged.
    #[must_use]
    pub fn check(&self, draft: usize) -> usize {
        let facts = &self.facts[draft % self.facts.len()];
        std::hint::black_box(self.book.evaluate(Trigger::ORDER_SIGN, std::hint::black_box(facts))).len()
    }

    /// Judges every rule of the book on one of the prescriptions in full, each with its tree; how many there are.
    #[must_use]
    pub fn in_full(&self, draft: usize) -> usize {
        let facts = &self.facts[draft % self.facts.len()];
        let rules = self.book.documents().map(|rule| rule.id.as_str());
        std::hint::black_box(self.book.judge_some(rules, std::hint::black_box(facts))).len()
    }
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

/// An inpatient with ten medications, and a draft.
fn inpatient(draft: &str) -> Given {
    let words = |list: &[&str]| list.iter().map(|words| (*words).to_owned()).collect::<Vec<_>>();
    Given {
        age: Some(71),
        sex: Some(crate::fact::Sex::Female),
        pregnant: Some(false),
        allergies: Some(words(&["snomed|91936005", "codeine"])),
        active: words(&[
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
        ]),
        draft: Some(draft.into()),
        conditions: words(&["icd10cm|I10", "icd10cm|E11.9", "icd10cm|N18.31", "snomed|53741008"]),
        observations: vec![GivenObservation {
            loinc: "2823-3".into(),
            value: rust_decimal::Decimal::new(42, 1),
            unit: "mmol/L".into(),
            hours_ago: 3,
        }],
        ..Given::default()
    }
}

#[cfg(test)]
mod tests {
    use super::PrescriptionCheck;

    #[test]
    fn given_many_rules_when_a_prescription_is_checked_then_each_is_judged() {
        let check = PrescriptionCheck::among(2_000).unwrap();
        assert!(check.drafts() > 50);
        for draft in 0..check.drafts() {
            assert_eq!(check.check(draft), 2_000);
        }
        assert_eq!(check.in_full(3), 2_000);
    }
}
