use super::{RULES, RuleBook};
use crate::book::Trigger;
use crate::finding::{SUMMARY_LENGTH, Severity};
use crate::rule::Given;

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|words| (*words).to_owned()).collect()
}

#[test]
fn given_every_shipped_rule_when_its_own_cases_run_then_all_hold() {
    let book = RuleBook::embedded().unwrap();
    let failures: Vec<String> = book.run_cases().iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(book.documents().count() >= 36);
}

#[test]
fn given_every_shipped_rule_when_submitted_then_no_part_of_it_is_dead() {
    let book = RuleBook::embedded().unwrap();
    for document in book.documents() {
        let again = RuleBook::submitted(book.shared_knowledge(), document.clone());
        assert!(again.is_ok(), "{}", again.unwrap_err());
    }
}

#[test]
fn given_the_folder_of_rules_when_listed_then_each_file_is_shipped() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, RULES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn given_every_shipped_interaction_when_its_message_is_written_then_it_fits_a_card() {
    let book = RuleBook::embedded().unwrap();
    for pair in &book.knowledge().interactions.rows {
        let longest = 2 * 24 + " with : ".len() + pair.row.effect.chars().count();
        assert!(longest <= SUMMARY_LENGTH, "{}", pair.row.id);
    }
}

#[test]
fn given_the_same_facts_when_evaluated_twice_then_the_bytes_are_the_same() {
    let facts = Given {
        age: Some(80),
        allergies: Some(words(&["penicillin"])),
        active: words(&["warfarin 5 MG", "alprazolam 1 MG", "Zzyxolimab"]),
        draft: Some("Ibuprofen 200 MG Oral Tablet".into()),
        ..Given::default()
    }
    .facts();
    let bytes = || serde_json::to_string(&RuleBook::embedded().unwrap().evaluate(Trigger::ORDER_SIGN, &facts)).unwrap();
    let first = bytes();
    assert_eq!(first, bytes());
    let read: crate::Evaluation = serde_json::from_str(&first).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), first);
}

#[test]
fn given_a_prescription_with_several_findings_when_evaluated_then_the_critical_come_first_and_cite_events() {
    let facts = Given {
        age: Some(80),
        allergies: Some(words(&["aspirin"])),
        active: words(&["warfarin 5 MG", "lisinopril 10 MG"]),
        draft: Some("Ibuprofen 200 MG Oral Tablet".into()),
        ..Given::default()
    }
    .facts();
    let evaluation = RuleBook::embedded().unwrap().evaluate(Trigger::ORDER_SIGN, &facts);
    let findings = evaluation.findings();
    assert_eq!(findings[0].severity, Severity::Critical);
    assert!(findings.windows(2).all(|pair| pair[0].severity <= pair[1].severity));
    assert!(findings.iter().filter(|finding| finding.severity == Severity::Critical).count() >= 2);
    let interaction = findings.iter().find(|finding| &*finding.rule == "drug-interaction").unwrap();
    let row = &interaction.explanation.children[0];
    assert!(row.observed.iter().all(|observed| observed.source.is_some() && observed.age_seconds.is_some()));
    assert!(interaction.explanation.words().contains("met: ibuprofen with warfarin"));
}

#[test]
fn given_an_unknown_trigger_when_evaluated_then_nothing_is_judged() {
    let evaluation = RuleBook::embedded().unwrap().evaluate(Trigger("nothing.happened"), &Given::default().facts());
    assert!(evaluation.judgements.is_empty());
}

/// A trigger that nothing emits would make a rule silent.
#[test]
fn given_the_shipped_rules_when_their_triggers_are_listed_then_each_is_an_event_or_a_hook_of_the_platform() {
    const KNOWN: [&str; 14] = [
        "allergyintolerance-create",
        "encounter-start",
        "encounter.diagnosis.added",
        "encounter.vitals.recorded",
        "lab.result.available",
        "laboratory-result-create",
        "order-sign",
        "patient.allergy.added",
        "patient.allergy.amended",
        "patient.problem.added",
        "patient.problem.amended",
        "pharmacy.medication.prescribed",
        "problem-list-item-create",
        "vitals.score.changed",
    ];
    assert_eq!(RuleBook::embedded().unwrap().triggers(), KNOWN);
}
