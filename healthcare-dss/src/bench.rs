//! A realistic evaluation for the bench harness: a prescription for an inpatient with ten medications.

use std::sync::Arc;

use crate::book::{RuleBook, Trigger};
use crate::fact::Facts;
use crate::knowledge::Knowledge;
use crate::rule::{Given, GivenObservation, RuleError};

/// A book, and the facts of a prescription check before signing.
#[derive(Debug)]
pub struct PrescriptionCheck {
    book: RuleBook,
    facts: Facts,
}

impl PrescriptionCheck {
    /// The shipped rules and a made-up patient.
    ///
    /// # Errors
    /// As [`RuleBook::embedded`].
    pub fn new() -> Result<Self, RuleError> {
        let words = |list: &[&str]| list.iter().map(|words| (*words).to_owned()).collect::<Vec<_>>();
        let given = Given {
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
            draft: Some("Ibuprofen 200 MG Oral Tablet".into()),
            conditions: words(&["icd10cm|I10", "icd10cm|E11.9", "icd10cm|N18.31", "snomed|53741008"]),
            observations: vec![GivenObservation {
                loinc: "2823-3".into(),
                value: rust_decimal::Decimal::new(42, 1),
                unit: "mmol/L".into(),
                hours_ago: 3,
            }],
            ..Given::default()
        };
        Ok(Self { book: RuleBook::from_embedded(Arc::new(Knowledge::embedded()?))?, facts: given.facts() })
    }

    /// Judges the prescription once; the number of rules judged.
    #[must_use]
    pub fn run(&self) -> usize {
        std::hint::black_box(self.book.evaluate(Trigger::ORDER_SIGN, std::hint::black_box(&self.facts))).len()
    }
}
