use std::sync::Arc;

use serde_json::{Value, json};

use crate::book::{RuleBook, Trigger};
use crate::edition::Edition;
use crate::evaluation::Verdict;
use crate::knowledge::Knowledge;
use crate::rule::{Given, RuleDocument, RuleError};

fn rule() -> Value {
    json!({
        "id": "r", "version": 1, "title": "t", "purpose": "p", "owner": "o", "severity": "info",
        "evidence": [{"citation": "c", "grade": "label", "source": "unchecked"}],
        "triggers": ["order-sign"],
        "when": {"all": [
            {"drug": {"of": "draft", "in": ["class:nsaid"], "as": "drug"}},
            {"observation": {"value_set": "potassium", "unit": "mmol/L", "is": {"at_least": 5}, "within_hours": 24}}
        ]},
        "then": {"summary": "{drug}", "detail": "d"},
        "tests": [{"name": "n", "given": {}, "expect": "not_fired"}]
    })
}

fn refusal(pointer: &str, value: Value) -> RuleError {
    let mut rule = rule();
    match rule.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            rule.pointer_mut(parent).unwrap()[field] = value;
        }
    }
    let knowledge = Arc::new(Knowledge::embedded().unwrap());
    let read = RuleDocument::read("r.json", &rule.to_string());
    read.and_then(|document| RuleBook::submitted(knowledge, document)).unwrap_err()
}

#[test]
fn given_a_good_rule_when_loaded_then_it_is_accepted() {
    let knowledge = Arc::new(Knowledge::embedded().unwrap());
    assert!(RuleBook::from_json(knowledge, [("r.json", rule().to_string().as_str())]).is_ok());
}

#[test]
fn given_a_malformed_rule_when_loaded_then_it_is_refused_with_path_and_reason() {
    for (pointer, value, path, reason) in [
        ("/severity", json!("loud"), "severity", "loud"),
        ("/when/all/0/drug/of", json!("every"), "when.all[0].drug.of", "every"),
        ("/when/all/0/drug/in/0", json!("class:nosuch"), "when.all[0].drug.in[0]", "nosuch"),
        ("/when/all/0/drug/in/0", json!("class:nsaids"), "when.all[0].drug.in[0]", "did you mean `nsaid`?"),
        ("/when/all/0/drug/in/0", json!("ingredient:warfarine"), "when.all[0].drug.in[0]", "did you mean `warfarin`?"),
        ("/when/all/0/drug/in/0", json!("product:"), "when.all[0].drug.in[0]", "no RxCUI"),
        ("/when/all/0/drug/for_days", json!({"at_least": 3}), "when.all[0].drug.for_days", "only active"),
        ("/when/all/0/drug/form", json!("tablet"), "when.all[0].drug.form", "tablet"),
        ("/when/all/0/drug", json!({"of": "draft", "form": "patch"}), "when.all[0].drug.form", "named with `in`"),
        ("/when/all/0/drug", json!({"of": "draft", "alone": true}), "when.all[0].drug.alone", "named with `in`"),
        ("/when/all/1", json!({"opioid_mme": {}}), "when.all[1].opioid_mme", "no limit"),
        ("/when/all/1/observation/value_set", json!("potasium"), "when.all[1].observation.value_set", "`potassium`?"),
        ("/when/all/0/drug/in/0", json!("aspirin"), "when.all[0].drug.in[0]", "neither"),
        ("/when/all/1/observation/unit", json!("furlong"), "when.all[1].observation.unit", "furlong"),
        ("/when/all/1/observation/value_set", json!("nosuch"), "when.all[1].observation.value_set", "nosuch"),
        ("/when/all/1/observation/is", json!({}), "when.all[1].observation.is", "no limit"),
        ("/when/all/1/observation/is", json!({"at_least": 5, "below": 4}), "when.all[1].observation.is", "no value"),
        ("/when/all/1/observation/is", json!({"at_least": 5, "below": 5}), "when.all[1].observation.is", "no value"),
        ("/when/all/1/observation/is", json!({"above": 5, "at_most": 5}), "when.all[1].observation.is", "no value"),
        (
            "/when",
            json!({"score": {"score": "news3", "total": {"at_least": 5}, "within_hours": 4}}),
            "when.score.score",
            "`news2`?",
        ),
        ("/when", json!({"score": {"score": "news2", "within_hours": 4}}), "when.score", "limited"),
        ("/triggers", json!(["order-sing"]), "triggers[0]", "did you mean `order-sign`?"),
        ("/triggers", json!(["lab.result.available", "before-lunch"]), "triggers[1]", "unknown hook"),
        ("/triggers", json!(["lab.result.availabel"]), "triggers[0]", "event `lab.result.availabel`; did you mean"),
        ("/triggers", json!(["order-sign", "suggestion.raised"]), "triggers[1]", "unknown event `suggestion.raised`"),
        ("/triggers", json!(["encounter-started"]), "triggers[0]", "did you mean `encounter.started`?"),
        ("/when/all/1/observation/is/at_least", json!("warm"), "when.all[1].observation.is.at_least", "a number"),
        ("/when", json!({"all": []}), "when.all", "no condition"),
        ("/when", json!({"not": {"table": "interaction"}}), "when.not", "negated"),
        ("/when", json!({"sometimes": []}), "when", "sometimes"),
        ("/then/summary", json!("{drag}"), "then.summary", "drag"),
        ("/version", json!(0), "version", "start at 1"),
        ("/tests", json!([]), "tests", "without a test"),
        ("/evidence", json!([]), "evidence", "without evidence"),
    ] {
        let error = refusal(pointer, value);
        assert!(error.path.starts_with(path), "{pointer}: {error}");
        assert!(error.reason.contains(reason), "{pointer}: {error}");
    }
}

/// Such a rule was taken before, and what lives in it spoke: it goes on speaking, and is refused where it comes anew.
#[test]
fn given_a_kept_rule_with_a_part_that_never_speaks_when_loaded_then_the_rest_of_it_is_judged() {
    let ibuprofen = json!({"drug": {"of": "draft", "in": ["class:nsaid"]}});
    let never = json!({"at_least": 5, "below": 5});
    let facts = Given { draft: Some("Ibuprofen 200 MG Oral Tablet".into()), ..Given::default() }.facts();
    for (triggers, dead) in [
        (json!(["order-sign", "order-sing"]), json!({"pregnant": true})),
        (json!(["order-sign", "lab.result.availabel"]), json!({"pregnant": true})),
        (json!(["order-sign"]), json!({"score": {"score": "news3", "total": {"at_least": 5}, "within_hours": 4}})),
        (json!(["order-sign"]), json!({"age_years": never})),
    ] {
        let changes = [
            ("/triggers", triggers),
            ("/when", json!({"any": [ibuprofen, dead]})),
            ("/then/summary", json!("told")),
            ("+/when_missing", json!("ignore")),
        ];
        let kept = book(&changes);
        let edition = Edition::of(&kept).book(&kept.shared_knowledge()).unwrap();
        let evaluation = edition.evaluate(Trigger::ORDER_SIGN, &facts);
        assert!(matches!(evaluation.judgements[0].verdict, Verdict::Fired { .. }), "{changes:?}: {evaluation:?}");
        let document = kept.documents().next().unwrap().clone();
        assert!(RuleBook::submitted(kept.shared_knowledge(), document).is_err(), "{changes:?}");
    }
}

/// At the limit where two meet a value is left if both take it in.
#[test]
fn given_limits_that_leave_one_value_when_loaded_then_they_are_taken() {
    let book = book(&[("/when/all/1/observation/is", json!({"at_least": 5, "at_most": 5}))]);
    let verdict = |value: &str| {
        let given = json!({"draft": "Ibuprofen 200 MG Oral Tablet",
            "observations": [{"loinc": "2823-3", "value": value, "unit": "mmol/L"}]});
        let given: Given = serde_json::from_value(given).unwrap();
        matches!(book.judge_one("r", &given.facts()).unwrap().verdict, Verdict::Fired { .. })
    };
    assert_eq!(["4.99", "5", "5.01"].map(verdict), [false, true, false]);
}

#[test]
fn given_a_count_that_can_never_be_otherwise_when_loaded_then_it_is_refused() {
    let error = refusal("/when", json!({"count": {"at_least": 2, "of": [{"pregnant": true}]}}));
    assert_eq!(error.path, "when.count.at_least");
}

fn book(changes: &[(&str, Value)]) -> RuleBook {
    let mut rule = rule();
    for (pointer, value) in changes {
        match pointer.strip_prefix("+/") {
            Some(field) => rule[field] = value.clone(),
            None => *rule.pointer_mut(pointer).unwrap() = value.clone(),
        }
    }
    RuleBook::from_json(Arc::new(Knowledge::embedded().unwrap()), [("r.json", rule.to_string().as_str())]).unwrap()
}

#[test]
fn given_missing_data_when_judged_then_each_rule_says_what_that_means_for_it() {
    let facts = Given { draft: Some("Ibuprofen 200 MG Oral Tablet".into()), ..Given::default() }.facts();
    let verdict = |meaning: &str| {
        let book = book(&[("+/when_missing", json!(meaning))]);
        book.judge_one("r", &facts).unwrap().verdict
    };
    assert!(matches!(verdict("report"), Verdict::Lacking { missing, .. } if &*missing[0] == "no potassium"));
    assert!(matches!(verdict("ignore"), Verdict::NotFired { .. }));
    assert!(matches!(verdict("fire"), Verdict::Fired { findings } if findings.len() == 1));
}

#[test]
fn given_a_case_that_does_not_hold_when_run_then_it_is_told_with_what_came() {
    let given = json!([{"name": "n", "given": {"draft": "Ibuprofen 200 MG Oral Tablet"}, "expect": "not_fired"}]);
    let failures = book(&[("/tests", given)]).run_cases();
    assert_eq!(failures.len(), 1);
    assert!(failures[0].came.contains("no potassium"), "{}", failures[0]);
}
