//! How many of the pairs that must interrupt do, and how many that must not do: measured on two lists by the hand that
//! wrote the tables, and after them: they show slips, and not what that hand does not know; acceptance measures with others.

use healthcare_dss::{AllergyKnowledge, EventRef, Facts, MedicationFact, PatientFacts, RuleBook, Severity, Trigger};
use uuid::Uuid;

fn pairs(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).skip(1);
    lines.map(|line| line.split_once(',').expect("two drugs")).collect()
}

fn facts(drugs: &[&str]) -> Facts {
    let at = "2026-11-22T08:00:00Z".parse().unwrap();
    let event = |nth: usize| EventRef { stream: Uuid::from_u128(nth as u128 + 1), version: 1 };
    let medications = drugs.iter().enumerate().map(|(nth, name)| MedicationFact {
        codings: vec![],
        text: Some((*name).to_owned()),
        route: None,
        dose: None,
        source: event(nth),
        at,
    });
    Facts {
        at,
        patient: PatientFacts::default(),
        earlier_ages: vec![],
        allergies: AllergyKnowledge::NoneKnown { source: event(99) },
        medications: medications.collect(),
        conditions: vec![],
        observations: vec![],
        scores: vec![],
        draft: None,
        proposed: None,
    }
}

fn interrupts(book: &RuleBook, first: &str, second: &str) -> bool {
    let evaluation = book.evaluate(Trigger::ORDER_SIGN, &facts(&[first, second]));
    evaluation.findings().iter().any(|finding| finding.severity == Severity::Critical)
}

#[test]
fn given_pairs_apart_from_the_tables_when_judged_then_the_serious_interrupt_and_the_others_do_not() {
    let book = RuleBook::embedded().unwrap();
    let serious = pairs(include_str!("data/pairs-that-interrupt.csv"));
    let harmless = pairs(include_str!("data/pairs-that-do-not.csv"));
    assert!(serious.len() >= 150 && harmless.len() >= 150);
    let missed: Vec<_> = serious.iter().filter(|(a, b)| !interrupts(&book, a, b)).collect();
    let wrong: Vec<_> = harmless.iter().filter(|(a, b)| interrupts(&book, a, b)).collect();
    // Integers: at least 95 of 100, at most 2 of 100.
    assert!(missed.len() * 100 <= serious.len() * 5, "{} of {} missed: {missed:?}", missed.len(), serious.len());
    assert!(wrong.len() * 100 <= harmless.len() * 2, "{} of {} interrupt: {wrong:?}", wrong.len(), harmless.len());
    println!("recall {}/{}", serious.len() - missed.len(), serious.len());
    println!("false interruptions {}/{}", wrong.len(), harmless.len());
}

/// What is unknown would not interrupt either: every drug of the lists is known.
#[test]
fn given_the_drugs_of_the_lists_when_mapped_then_each_is_known() {
    let book = RuleBook::embedded().unwrap();
    let lists = [include_str!("data/pairs-that-interrupt.csv"), include_str!("data/pairs-that-do-not.csv")];
    for (a, b) in lists.into_iter().flat_map(pairs) {
        for drug in [a, b] {
            assert_eq!(book.knowledge().map_drug(&[], Some(drug)).unrecognised, None, "{drug}");
        }
    }
}
