use std::sync::LazyLock;

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::rule::{Given, GivenObservation, GivenScore, RuleDocument};
use crate::{Finding, RuleBook, Trigger};

const LAB: Trigger<'static> = Trigger("lab.result.available");

fn document(when: Value, worse: Value) -> Value {
    json!({
        "id": "worse", "version": 3, "title": "t", "purpose": "p", "owner": "o", "severity": "critical",
        "evidence": [{ "citation": "c", "grade": "local-practice", "source": "unchecked" }],
        "triggers": ["lab.result.available"], "when": when,
        "then": { "summary": "s", "detail": "d", "suppress_for_hours": 4, "worse": worse },
        "tests": [{ "name": "n", "given": {}, "expect": { "lacking": "no " } }],
    })
}

fn potassium(is: Value) -> Value {
    json!({ "observation": { "value_set": "potassium", "unit": "mmol/L", "is": is, "within_hours": 24, "as": "result" } })
}

fn book(document: &Value) -> Result<RuleBook, crate::RuleError> {
    let read: RuleDocument = RuleDocument::read("worse", &document.to_string())?;
    RuleBook::from_documents(RuleBook::embedded()?.shared_knowledge(), vec![read])
}

fn found(book: &RuleBook, value: Decimal, unit: &str) -> Option<Finding> {
    let observations =
        vec![GivenObservation { loinc: "2823-3".into(), value, unit: unit.into(), hours_ago: 0, at_age: None }];
    let facts = Given { observations, ..Given::default() }.facts();
    book.evaluate(LAB, &facts).findings().first().map(|finding| (*finding).clone())
}

fn at(words: &str) -> Decimal {
    words.parse().unwrap()
}

#[test]
fn given_steps_when_one_is_reached_then_it_is_another_finding_that_stands_in_for_the_milder() {
    let book =
        book(&document(potassium(json!({ "at_least": 6 })), json!({ "of": "result", "at": [6.5, "7"] }))).unwrap();
    let [mild, still, worse, worst] =
        ["6.1", "6.49", "6.5", "7.4"].map(|value| found(&book, at(value), "mmol/L").unwrap());
    assert_eq!(mild.id, still.id);
    assert!(mild.id != worse.id && worse.id != worst.id && mild.id != worst.id);
    assert_eq!(mild.known_as(&[]), [mild.id, worse.id, worst.id], "what was answered to the worse is answered to it");
    assert_eq!(worse.known_as(&[]), [worse.id, worst.id]);
    assert_eq!(worst.known_as(&[]), [worst.id]);
    assert_eq!(found(&book, at("7.4"), "meq/L").unwrap().id, worst.id, "in whichever unit it was measured");
}

#[test]
fn given_a_falling_value_or_a_score_when_it_is_worse_then_it_is_another_finding() {
    let falling =
        book(&document(potassium(json!({ "at_most": "2.7" })), json!({ "of": "result", "at": [2.3] }))).unwrap();
    let (mild, worse) = (found(&falling, at("2.4"), "mmol/L").unwrap(), found(&falling, at("2.3"), "mmol/L").unwrap());
    assert!(mild.id != worse.id && mild.known_as(&[]).contains(&worse.id));
    let news = json!({ "all": [{ "score": { "score": "news2", "total": { "at_least": 7 }, "within_hours": 1, "as": "news2" } }] });
    let scored = book(&document(news, json!({ "of": "news2", "at": [9] }))).unwrap();
    let with = |total| {
        let score = GivenScore { score: "news2".into(), total, highest_part: 3, incomplete: false, hours_ago: 0 };
        let facts = Given { scores: vec![score], ..Given::default() }.facts();
        scored.evaluate(LAB, &facts).findings()[0].id
    };
    assert_eq!(with(7), with(8));
    assert_ne!(with(8), with(9));
}

#[test]
fn given_no_steps_when_identified_then_the_id_is_what_it_was() {
    let mut without = document(potassium(json!({ "at_least": 6 })), Value::Null);
    without["then"].as_object_mut().unwrap().remove("worse");
    let with = document(potassium(json!({ "at_least": 6 })), json!({ "of": "result", "at": [6.5] }));
    let id = |document: &Value, value: &str| found(&book(document).unwrap(), at(value), "mmol/L").unwrap().id;
    assert_eq!(id(&without, "6.1"), id(&with, "6.1"));
    assert_eq!(id(&without, "7.1"), id(&without, "6.1"));
    let text = serde_json::to_string(&book(&without).unwrap().document("worse").unwrap()).unwrap();
    assert!(!text.contains("worse\":{") && !text.contains("worse\":null"), "old words keep their hash: {text}");
}

#[test]
fn given_other_versions_when_asked_for_then_a_finding_is_known_as_under_each() {
    let document = document(potassium(json!({ "at_least": 6 })), json!({ "of": "result", "at": [6.5] }));
    let mut second = document.clone();
    second["version"] = json!(4);
    second["title"] = json!("in other words");
    let (one, other) = (book(&document).unwrap(), book(&second).unwrap());
    assert!(one.document("worse").unwrap().fires_like(other.document("worse").unwrap()));
    for value in ["6.2", "6.8"] {
        let [before, now] = [&one, &other].map(|book| found(book, at(value), "mmol/L").unwrap());
        assert_ne!(before.id, now.id, "as it is kept, each version has its own");
        assert!(now.known_as(&[3]).contains(&before.id) && before.known_as(&[4]).contains(&now.id));
        assert!(!now.known_as(&[2]).contains(&before.id));
    }
}

#[test]
fn given_versions_when_they_speak_of_others_or_louder_then_they_do_not_fire_alike() {
    let document = document(potassium(json!({ "at_least": 6 })), json!({ "of": "result", "at": [6.5] }));
    let read = |document: &Value| RuleDocument::read("worse", &document.to_string()).unwrap();
    for (pointer, value, alike) in [
        ("/title", json!("other"), true),
        ("/then/detail", json!("other"), true),
        ("/then/suppress_for_hours", json!(9), true),
        ("/triggers", json!(["order-sign"]), true),
        ("/id", json!("another"), false),
        ("/severity", json!("warning"), false),
        ("/when/observation/is/at_least", json!(5.5), false),
        ("/when_missing", json!("fire"), false),
        ("/then/worse/at/0", json!(6.6), false),
        ("/then/suggestions", json!([{ "review": "the dose" }]), false),
    ] {
        let mut other = document.clone();
        other["when_missing"] = json!("report");
        other["then"]["suggestions"] = json!([]);
        *other.pointer_mut(pointer).unwrap() = value;
        assert_eq!(read(&document).fires_like(&read(&other)), alike, "{pointer}");
    }
}

#[test]
fn given_steps_that_make_no_sense_when_compiled_then_they_are_refused_with_their_place() {
    let high = || potassium(json!({ "at_least": 6 }));
    for (when, worse, place) in [
        (high(), json!({ "of": "nothing", "at": [7] }), "then.worse.of"),
        (high(), json!({ "of": "age", "at": [7] }), "then.worse.of"),
        (high(), json!({ "of": "result", "at": [] }), "then.worse.at"),
        (high(), json!({ "of": "result", "at": (7..24).collect::<Vec<_>>() }), "then.worse.at"),
        (high(), json!({ "of": "result", "at": [6] }), "then.worse.at[0]"),
        (high(), json!({ "of": "result", "at": [6.5, 6.5] }), "then.worse.at[1]"),
        (potassium(json!({ "below": 3 })), json!({ "of": "result", "at": [2.5, 2.7] }), "then.worse.at[1]"),
        (potassium(json!({ "below": 3 })), json!({ "of": "result", "at": [2.5, 2.5] }), "then.worse.at[1]"),
        (potassium(json!({ "below": 3 })), json!({ "of": "result", "at": [3] }), "then.worse.at[0]"),
        (potassium(json!({ "at_least": 6, "below": 8 })), json!({ "of": "result", "at": [7] }), "then.worse.of"),
        (json!({ "not": high() }), json!({ "of": "result", "at": [7] }), "then.worse.of"),
    ] {
        let refused = book(&document(when.clone(), worse.clone())).unwrap_err();
        assert_eq!(refused.path, place, "{when} {worse}: {refused}");
    }
    let sixteen = json!({ "of": "result", "at": (7..23).collect::<Vec<_>>() });
    assert!(book(&document(high(), sixteen)).is_ok(), "as many as there may be");
    let mut every = high();
    every["observation"]["take"] = json!("all");
    assert_eq!(book(&document(every, json!({ "of": "result", "at": [7] }))).unwrap_err().path, "then.worse.of");
    assert!(book(&document(high(), json!({ "of": "result", "at": ["high"] }))).is_err());
}

/// Compiled once for all values.
static THREE_STEPS: LazyLock<RuleBook> = LazyLock::new(|| {
    let steps = json!({ "of": "result", "at": [6.5, 7, 8] });
    book(&document(potassium(json!({ "at_least": 6 })), steps)).unwrap()
});

proptest! {
    /// A worse value is never silenced by what was answered to a milder beyond a step, and a milder always by the worse.
    #[test]
    fn given_two_values_when_one_is_worse_then_only_its_answer_counts_for_both(a in 600u32..900, b in 600u32..900) {
        let book = &*THREE_STEPS;
        let [mild, worse] = [a.min(b), a.max(b)].map(|value| found(book, Decimal::new(value.into(), 2), "mmol/L").unwrap());
        prop_assert!(mild.known_as(&[]).contains(&worse.id));
        prop_assert_eq!(worse.known_as(&[]).contains(&mild.id), mild.id == worse.id);
    }
}
