use std::collections::HashSet;

use utoipa::OpenApi;

use uuid::Uuid;

use super::*;
use crate::explanation::Truth;
use crate::finding::Severity;

#[derive(OpenApi)]
#[openapi(components(schemas(
    super::Evaluation,
    crate::Facts,
    crate::rule::RuleDocument,
    crate::score::news2::News2
)))]
struct Shown;

/// Trees refer to themselves: without care a schema would be spelt out forever.
#[test]
fn given_recursive_types_when_described_then_the_schema_refers_to_itself() {
    let json = Shown::openapi().to_json().unwrap();
    assert!(json.contains("#/components/schemas/Explanation"));
    assert!(json.contains("#/components/schemas/ConditionDocument"));
    assert!(json.contains("\"spo2_scale\""));
}

fn tree(words: &str, outcome: Truth) -> Tree {
    Explanation { condition: words.into(), outcome, observed: vec![], lacking: None, children: vec![] }.into()
}

fn judgement(rule: &str, verdict: Verdict) -> Judgement {
    Judgement { rule: rule.into(), version: 2, verdict }
}

fn not_fired(rule: &str) -> Judgement {
    judgement(rule, Verdict::NotFired { explanation: tree(rule, Truth::NotMet) })
}

fn lacking(rule: &str) -> Judgement {
    judgement(rule, Verdict::Lacking { missing: vec!["no INR".into()], explanation: tree(rule, Truth::Missing) })
}

fn unmet(rules: &[&str]) -> Unmet {
    rules.iter().map(|rule| RuleRef { rule: (*rule).into(), version: 1 }).collect()
}

/// Judged in full are b and d; a and c were passed by.
fn some() -> Evaluation {
    Evaluation { judgements: vec![not_fired("b"), lacking("d")], unmet: unmet(&["a", "c"]) }
}

fn told(evaluation: &Evaluation) -> Vec<(&str, u32, bool)> {
    evaluation.each().map(|(rule, version, judged)| (rule.as_str(), version, judged.is_some())).collect()
}

#[test]
fn given_rules_judged_and_passed_by_when_each_is_told_then_they_come_by_id() {
    assert_eq!(told(&some()), [("a", 1, false), ("b", 2, true), ("c", 1, false), ("d", 2, true)]);
    let judged_last = Evaluation { judgements: vec![not_fired("z")], unmet: unmet(&["a"]) };
    assert_eq!(told(&judged_last), [("a", 1, false), ("z", 2, true)]);
    let none_passed_by = Evaluation { judgements: vec![not_fired("z")], unmet: Unmet::default() };
    assert_eq!(told(&none_passed_by), [("z", 2, true)]);
    assert_eq!((some().len(), some().is_empty()), (4, false));
    assert_eq!((Evaluation::default().len(), Evaluation::default().is_empty()), (0, true));
}

#[test]
fn given_rules_that_others_judge_when_left_out_then_neither_their_judgement_nor_their_name_is_told() {
    let others: HashSet<Text> = ["a".into(), "b".into()].into();
    assert_eq!(told(&some().without(&others)), [("c", 1, false), ("d", 2, true)]);
    assert_eq!(some().without(&HashSet::new()), some());
}

#[test]
fn given_two_evaluations_when_put_together_then_all_of_both_is_told_by_id() {
    let other = Evaluation { judgements: vec![lacking("a2"), not_fired("e")], unmet: unmet(&["b2"]) };
    let both = some().and(other);
    let expected = [("a", false), ("a2", true), ("b", true), ("b2", false), ("c", false), ("d", true), ("e", true)];
    assert_eq!(told(&both).into_iter().map(|(rule, _, judged)| (rule, judged)).collect::<Vec<_>>(), expected);
}

#[test]
fn given_judgements_when_asked_for_what_is_worth_keeping_then_what_did_not_fire_is_left_out() {
    let unavailable = Verdict::Unavailable { reason: "it failed".into(), findings: vec![] };
    let mut evaluation = some();
    evaluation.judgements.push(judgement("f", Verdict::Fired { findings: vec![] }));
    evaluation.judgements.push(judgement("u", unavailable));
    assert_eq!(evaluation.notable().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["d", "f", "u"]);
    assert_eq!(not_fired("b").explanation(), Some(&*tree("b", Truth::NotMet)));
    assert_eq!(lacking("d").explanation(), Some(&*tree("d", Truth::Missing)));
    assert!(not_fired("b").findings().is_empty() && lacking("d").findings().is_empty());
}

fn finding(rule: &str, id: u128, severity: Severity) -> Finding {
    Finding {
        id: Uuid::from_u128(id),
        rule: rule.into(),
        version: 1,
        severity,
        summary: "s".into(),
        detail: "d".into(),
        subjects: vec![],
        evidence: vec![],
        override_reasons: vec![],
        suggestions: vec![],
        suppress_for_hours: None,
        links: vec![],
        explanation: tree(rule, Truth::Met),
        aspect: None,
    }
}

/// Who signs reads the gravest first, whichever rule it is of; one that could not be judged is told among them.
#[test]
fn given_findings_of_several_rules_when_told_then_the_gravest_come_first_and_then_by_rule_and_id() {
    let fired = |rule: &str, findings: Vec<Finding>| judgement(rule, Verdict::Fired { findings });
    let unavailable =
        Verdict::Unavailable { reason: "it failed".into(), findings: vec![finding("c", 9, Severity::Warning)] };
    let judgements = vec![
        fired("a", vec![finding("a", 5, Severity::Info), finding("a", 4, Severity::Warning)]),
        fired(
            "b",
            vec![
                finding("b", 3, Severity::Critical),
                finding("b", 2, Severity::Warning),
                finding("b", 1, Severity::Warning),
            ],
        ),
        judgement("c", unavailable),
        not_fired("d"),
    ];
    let evaluation = Evaluation { judgements, unmet: Unmet::default() };
    let order: Vec<u128> = evaluation.findings().iter().map(|finding| finding.id.as_u128()).collect();
    assert_eq!(order, [3, 4, 1, 2, 9, 5]);
    let [fired, .., unavailable, _] = &evaluation.judgements[..] else { panic!("four") };
    assert_eq!(fired.explanation(), Some(&*tree("a", Truth::Met)));
    assert_eq!(unavailable.explanation(), Some(&*tree("c", Truth::Met)));
}
