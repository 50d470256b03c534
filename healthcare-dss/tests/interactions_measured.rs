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

/// Every drug of the first class with every one of the second, and the words of the pair of classes.
fn of_classes(text: &'static str) -> Vec<(&'static str, &'static str, &'static str)> {
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).skip(1);
    let fields = rows.map(|line| line.splitn(3, ',').collect::<Vec<_>>());
    fields
        .flat_map(|row| {
            let [classes, first, second] = row[..] else { panic!("three fields: {row:?}") };
            let drugs = |of: &'static str| of.split('|');
            drugs(first).flat_map(move |a| drugs(second).filter(move |b| *b != a).map(move |b| (classes, a, b)))
        })
        .collect()
}

/// What we remember of the list of 2012 has to interrupt, and what we remember of that of 2013 tires people. Neither was checked
/// against its paper: this shows that the tables do as these files say, and no more.
#[test]
fn given_the_pairs_of_classes_that_we_remember_when_judged_then_each_of_the_one_list_interrupts_and_none_of_the_other()
{
    let book = RuleBook::embedded().unwrap();
    let serious = of_classes(include_str!("data/high-priority-2012.csv"));
    let tiring = of_classes(include_str!("data/non-interruptive-2013.csv"));
    let named = |pairs: &[(&'static str, &str, &str)]| {
        pairs.iter().map(|(classes, ..)| *classes).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(
        (named(&serious), serious.len() > 800, named(&tiring) >= 33, tiring.len() > 500),
        (16, true, true, true)
    );
    let missed: Vec<_> = serious.iter().filter(|(_, a, b)| !interrupts(&book, a, b)).collect();
    assert!(missed.is_empty(), "{missed:?}");
    let wrong: Vec<_> = tiring.iter().filter(|(_, a, b)| interrupts(&book, a, b)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    for drug in serious.iter().chain(&tiring).flat_map(|(_, a, b)| [a, b]) {
        assert_eq!(book.knowledge().map_drug(&[], Some(drug)).unrecognised, None, "{drug}");
    }
}
