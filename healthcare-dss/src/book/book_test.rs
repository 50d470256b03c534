use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::{RuleBook, Trigger};
use crate::evaluation::{Evaluation, Verdict};
use crate::fact::Facts;
use crate::knowledge::Knowledge;
use crate::rule::arbitrary::{KNOWLEDGE, given, rule, rule_of, rules};
use crate::rule::{ConditionDocument, Given, RULE_UNAVAILABLE, RuleDocument, Scope, WhenMissing};

fn book(documents: Vec<RuleDocument>) -> RuleBook {
    RuleBook::from_documents(KNOWLEDGE.clone(), documents).unwrap()
}

/// What evaluating says of each rule is what judging it alone says.
fn agrees(book: &RuleBook, evaluation: &Evaluation, facts: &Facts, listening: &BTreeSet<&str>) {
    let told: Vec<&str> = evaluation.each().map(|(rule, ..)| rule.as_str()).collect();
    assert_eq!(told, listening.iter().copied().collect::<Vec<_>>(), "each rule once, by id");
    assert_eq!(evaluation.len(), listening.len());
    for (rule, version, judgement) in evaluation.each() {
        let alone = book.judge_one(rule, facts).unwrap();
        assert_eq!(alone.version, version);
        match judgement {
            Some(judgement) => assert_eq!(judgement, &alone),
            None => {
                assert!(matches!(alone.verdict, Verdict::NotFired { .. }), "{rule} was passed by: {alone:?}");
                assert!(evaluation.unmet.contains(rule));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn given_any_rules_and_facts_when_evaluated_by_index_then_it_is_as_if_each_were_judged(
        documents in rules(12), given in given(),
    ) {
        let book = book(documents);
        let facts = given.facts();
        for trigger in ["order-sign", "lab.result.available", "patient.problem.added"] {
            let listening = book.documents().filter(|rule| rule.triggers.iter().any(|one| &**one == trigger));
            let listening = listening.map(|rule| rule.id.as_str()).collect();
            agrees(&book, &book.evaluate(Trigger(trigger), &facts), &facts, &listening);
        }
        let of_events = book.documents().filter(|rule| rule.triggers.iter().any(|one| !Trigger(one).is_hook()));
        let of_events = of_events.map(|rule| rule.id.as_str()).collect();
        agrees(&book, &book.review(&facts), &facts, &of_events);
    }

    #[test]
    fn given_any_rules_when_written_in_another_order_then_the_bytes_are_the_same(
        documents in rules(8), given in given(),
    ) {
        let facts = given.facts();
        let bytes = |documents| serde_json::to_string(&book(documents).evaluate(Trigger::ORDER_SIGN, &facts)).unwrap();
        let turned = documents.iter().rev().cloned().collect();
        prop_assert_eq!(bytes(documents), bytes(turned));
    }

    /// A finding of a rule without rows is as grave as the rule says, and they come the gravest first.
    #[test]
    fn given_any_rules_when_evaluated_then_findings_come_by_severity(documents in rules(12), given in given()) {
        let book = book(documents);
        let evaluation = book.review(&given.facts());
        let findings = evaluation.findings();
        prop_assert!(findings.windows(2).all(|pair| pair[0].severity <= pair[1].severity));
        for finding in findings {
            let document = book.document(&finding.rule).unwrap();
            let with_table = serde_json::to_string(&document.when).unwrap().contains("table");
            prop_assert!(with_table || finding.severity == document.severity);
        }
    }

    /// Monotone: a graver rule gives the same findings, none of them less grave.
    #[test]
    fn given_a_rule_made_graver_when_judged_then_no_finding_is_less_grave(document in rule(), given in given()) {
        let graver = RuleDocument { severity: crate::Severity::Critical, ..document.clone() };
        let facts = given.facts();
        let (before, after) = (book(vec![document]), book(vec![graver]));
        let (before, after) = (before.judge_one("r", &facts).unwrap(), after.judge_one("r", &facts).unwrap());
        prop_assert_eq!(before.findings().len(), after.findings().len());
        for (one, other) in before.findings().iter().zip(after.findings()) {
            prop_assert_eq!(one.id, other.id);
            prop_assert!(other.severity <= one.severity);
        }
    }

    /// Whatever the budget, a rule is judged as with a large one, or it is unavailable and says so.
    #[test]
    fn given_any_budget_when_judged_then_a_rule_says_the_same_or_that_it_is_unavailable(
        document in rule(), given in given(), steps in 0u32..40,
    ) {
        let facts = given.facts();
        let free = book(vec![document.clone()]).judge_one("r", &facts).unwrap();
        let bound = book(vec![document]).with_budget(steps).judge_one("r", &facts).unwrap();
        match &bound.verdict {
            Verdict::Unavailable { findings, .. } => prop_assert_eq!(&*findings[0].rule, RULE_UNAVAILABLE),
            _ => prop_assert_eq!(bound, free),
        }
    }
}

/// Ten thousand rules about drugs that are not there cost nothing, and are told.
#[test]
fn given_many_rules_that_cannot_match_when_evaluated_then_they_are_passed_by_and_known_by_name() {
    let drug = |name: &str| ConditionDocument::Drug {
        of: Scope::Draft,
        members: vec![format!("ingredient:{name}")],
        for_days: None,
        form: None,
        alone: false,
        name: None,
    };
    let mut documents: Vec<RuleDocument> = (0..2_000)
        .map(|nth| RuleDocument {
            id: format!("warfarin-{nth}").into(),
            ..rule_of(drug("warfarin"), WhenMissing::Report)
        })
        .collect();
    documents.push(RuleDocument { id: "metformin".into(), ..rule_of(drug("metformin"), WhenMissing::Report) });
    let book = book(documents);
    let facts = Given { draft: Some("metformin 500 MG".into()), ..Given::default() }.facts();
    let evaluation = book.evaluate(Trigger::ORDER_SIGN, &facts);
    assert_eq!(evaluation.judgements.len(), 1);
    assert_eq!((evaluation.unmet.len(), evaluation.len()), (2_000, 2_001));
    assert_eq!(evaluation.findings().len(), 1);
    // A drug that nobody knows might be any of them: none is passed by.
    let unknown = Given { draft: Some("Zzyxolimab".into()), ..Given::default() }.facts();
    assert_eq!(book.evaluate(Trigger::ORDER_SIGN, &unknown).judgements.len(), 2_001);
}

/// The rule was compiled over knowledge that the book does not have: judging it fails within.
fn book_with_a_rule_that_panics() -> RuleBook {
    let potassium: ConditionDocument = serde_json::from_value(serde_json::json!(
        {"observation": {"value_set": "sepsis", "unit": "mmol/L", "is": {"at_least": 6}, "within_hours": 24, "take": "any"}}
    ))
    .unwrap();
    let sound = |id: &str| RuleDocument {
        id: id.into(),
        ..rule_of(ConditionDocument::AllergiesAsked(false), WhenMissing::Report)
    };
    let broken = RuleDocument { id: "broken".into(), ..rule_of(potassium, WhenMissing::Report) };
    let documents = vec![sound("a"), broken, sound("z")];
    let mut book = RuleBook::from_documents(KNOWLEDGE.clone(), documents).unwrap();
    let mut smaller = Knowledge::embedded().unwrap();
    smaller.value_sets.sets.truncate(1);
    book.knowledge = Arc::new(smaller);
    book
}

#[test]
fn given_a_rule_that_panics_when_evaluated_then_it_is_unavailable_and_the_others_are_judged() {
    let book = book_with_a_rule_that_panics();
    let evaluation = book.evaluate(Trigger::ORDER_SIGN, &Given::default().facts());
    let verdicts: Vec<(&str, bool)> = evaluation
        .judgements
        .iter()
        .map(|one| (one.rule.as_str(), matches!(one.verdict, Verdict::Unavailable { .. })))
        .collect();
    assert_eq!(verdicts, [("a", false), ("broken", true), ("z", false)]);
    let told: Vec<&str> = evaluation.findings().iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(told, ["a", RULE_UNAVAILABLE, "z"]);
    assert_eq!(evaluation.notable().count(), 3);
}

#[test]
fn given_a_rule_beyond_its_budget_when_evaluated_then_a_warning_says_that_it_was_not_checked() {
    let book = RuleBook::embedded().unwrap().with_budget(1);
    let (draft, active) = (Some("Ibuprofen 200 MG".into()), vec!["warfarin 5 MG".into()]);
    let facts = Given { draft, active, ..Given::default() }.facts();
    let evaluation = book.evaluate(Trigger::ORDER_SIGN, &facts);
    let interaction = evaluation.judgements.iter().find(|one| &*one.rule == "drug-interaction").unwrap();
    let finding = &interaction.findings()[0];
    assert_eq!(&*finding.rule, RULE_UNAVAILABLE);
    assert_eq!(finding.severity, crate::Severity::Warning);
    assert_eq!(&*finding.summary, "Not checked: Drug interactions");
    assert_eq!(finding.subjects[0].code, "drug-interaction");
    assert!(finding.detail.contains("more than 1 steps"), "{}", finding.detail);
    assert_eq!(interaction.explanation().unwrap().outcome, crate::Truth::Missing);
    // The same every time, so that it is one and the same finding until the rule can be judged again.
    let again = book.evaluate(Trigger::ORDER_SIGN, &facts);
    assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&evaluation).unwrap());
}

#[test]
fn given_a_rule_that_is_not_there_when_judged_then_there_is_no_judgement() {
    assert!(RuleBook::embedded().unwrap().judge_one("nosuch", &Given::default().facts()).is_none());
}

/// What a rule of the shipped ones needs is far from what it may take, with everything a record may hold.
#[test]
fn given_a_crowded_record_when_the_shipped_rules_are_judged_then_none_is_near_its_budget() {
    let ingredients: Vec<String> = KNOWLEDGE.ingredients.iter().step_by(16).map(|one| one.name.to_string()).collect();
    let facts = Given { active: ingredients, allergies: Some(vec!["penicillin".into()]), ..Given::default() }.facts();
    let evaluation = RuleBook::embedded().unwrap().review(&facts);
    assert!(facts.medications.len() >= 40);
    assert!(!evaluation.judgements.iter().any(|one| matches!(one.verdict, Verdict::Unavailable { .. })));
}
