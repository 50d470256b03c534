//! Rules as nobody would write them: whatever is sent, it is refused with its place, or it can be judged.

use std::sync::{Arc, LazyLock};

use healthcare_dss::knowledge::Knowledge;
use healthcare_dss::rule::{Given, RuleDocument};
use healthcare_dss::{RuleBook, RuleError, Trigger, Verdict};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

static KNOWLEDGE: LazyLock<Arc<Knowledge>> = LazyLock::new(|| Arc::new(Knowledge::embedded().unwrap()));

/// The shipped rules, as their authors wrote them.
static SHIPPED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/rules"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
});

/// Patients of the rules' own cases.
static PATIENTS: LazyLock<Vec<Given>> = LazyLock::new(|| {
    let book = RuleBook::from_embedded(KNOWLEDGE.clone()).unwrap();
    book.documents().flat_map(|rule| rule.tests.iter().take(2).map(|case| case.given.clone())).collect()
});

/// A refusal names the document, a place within it and a reason.
fn is_told(error: &RuleError, text: &str) {
    assert!(!error.document.is_empty() && !error.reason.is_empty(), "{error:?}");
    let first = error.path.split(['.', '[']).next().unwrap_or_default();
    // A field's name may have been written with escapes.
    let escaped = serde_json::to_string(first).unwrap();
    let written = |name: &str| text.contains(name);
    assert!(error.path == "." || written(first) || written(escaped.trim_matches('"')), "no place: {error:?}");
}

/// What is accepted is judged without a fault: by its own cases, and on patients of other rules.
fn holds(text: &str, patient: &Index) {
    match RuleBook::from_json(KNOWLEDGE.clone(), [("fuzzed", text)]) {
        Err(error) => is_told(&error, text),
        Ok(book) => {
            let document: RuleDocument = serde_json::from_str(text).unwrap();
            for failure in book.run_cases() {
                assert!(!failure.came.contains("failed while"), "{failure}");
            }
            let facts = PATIENTS[patient.index(PATIENTS.len())].facts();
            let judgement = book.judge_one(&document.id, &facts).unwrap();
            if let Verdict::Unavailable { reason, .. } = &judgement.verdict {
                assert!(reason.contains("steps"), "{reason}: {text}");
            }
            for trigger in &document.triggers {
                let evaluation = book.evaluate(Trigger(trigger), &facts);
                assert_eq!(evaluation.len(), 1);
                assert!(evaluation.judgements.iter().all(|one| *one == judgement));
            }
        }
    }
}

/// A value of any shape, small or large.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof![Just(0u64), Just(u64::from(u32::MAX)), Just(u64::MAX)].prop_map(Value::from),
        "[ -~{}€\u{0}]{0,20}".prop_map(Value::from),
        prop_oneof![
            Just("{drug}"),
            Just("class:nsaid"),
            Just("potassium"),
            Just("1e400"),
            Just("79228162514264337593543950335")
        ]
        .prop_map(Value::from),
        Just(json!({"pregnant": true})),
        Just(
            json!({"observation": {"value_set": "potassium", "unit": "mmol/L", "is": {"at_least": "0.0000000001"}, "within_hours": 4294967295u32, "take": "all"}})
        ),
        Just(
            json!({"trend": {"value_set": "glucose", "unit": "mg/dL", "direction": "fall", "by_percent": "79228162514264337593543950335", "within_hours": 0}})
        ),
        Just(json!({"table": "duplicate"})),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|of| json!({ "all": of })),
            inner.prop_map(|of| json!({ "not": of })),
        ]
    })
}

#[derive(Debug, Clone)]
enum Change {
    /// Something else in its place.
    Replace(Index, Value),
    /// Nothing in its place.
    Remove(Index),
    /// Another part of the document in its place.
    Copy(Index, Index),
    /// The same, many times over.
    Repeat(Index, usize),
    /// The same, within itself.
    Nest(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<Index>(), value()).prop_map(|(at, value)| Change::Replace(at, value)),
        2 => any::<Index>().prop_map(Change::Remove),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(at, from)| Change::Copy(at, from)),
        1 => (any::<Index>(), 2usize..600).prop_map(|(at, times)| Change::Repeat(at, times)),
        1 => (any::<Index>(), 1usize..150).prop_map(|(at, depth)| Change::Nest(at, depth)),
    ]
}

fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(nth, item)| pointers(item, &format!("{at}/{nth}"), into))
        }
        _ => {}
    }
}

fn changed(mut document: Value, change: Change) -> Value {
    let mut all = vec![];
    pointers(&document, "", &mut all);
    let pick = |at: &Index| all[at.index(all.len())].clone();
    match change {
        Change::Replace(at, value) => *document.pointer_mut(&pick(&at)).unwrap() = value,
        Change::Copy(at, from) => {
            let copy = document.pointer(&pick(&from)).unwrap().clone();
            *document.pointer_mut(&pick(&at)).unwrap() = copy;
        }
        Change::Remove(at) => {
            let at = pick(&at);
            if let Some((parent, name)) = at.rsplit_once('/') {
                match document.pointer_mut(parent) {
                    Some(Value::Object(fields)) => drop(fields.remove(name)),
                    Some(Value::Array(items)) => drop(items.remove(name.parse().unwrap())),
                    _ => {}
                }
            }
        }
        Change::Repeat(at, times) => match document.pointer_mut(&pick(&at)).unwrap() {
            Value::Array(items) if !items.is_empty() => *items = items.iter().cycle().take(times).cloned().collect(),
            Value::String(words) => *words = words.repeat(times),
            other => *other = Value::from(vec![other.clone(); times.min(20)]),
        },
        Change::Nest(at, depth) => {
            let place = document.pointer_mut(&pick(&at)).unwrap();
            *place = (0..depth).fold(place.clone(), |inner, _| json!({ "not": inner }));
        }
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn given_any_bytes_when_read_as_a_rule_then_they_are_refused_with_a_place(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        is_told(&RuleDocument::read("fuzzed", &text).unwrap_err(), &text);
    }

    #[test]
    fn given_a_shipped_rule_with_wrong_bytes_when_loaded_then_it_is_refused_or_can_be_judged(
        rule in any::<Index>(), cuts in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        end in proptest::option::weighted(0.2, any::<Index>()), patient in any::<Index>(),
    ) {
        let mut bytes = SHIPPED[rule.index(SHIPPED.len())].clone().into_bytes();
        for (at, byte) in cuts {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        holds(&String::from_utf8_lossy(&bytes), &patient);
    }

    #[test]
    fn given_a_shipped_rule_of_another_shape_when_loaded_then_it_is_refused_or_can_be_judged(
        rule in any::<Index>(), changes in proptest::collection::vec(change(), 1..4), patient in any::<Index>(),
    ) {
        let document: Value = serde_json::from_str(&SHIPPED[rule.index(SHIPPED.len())]).unwrap();
        let document = changes.into_iter().fold(document, changed);
        holds(&document.to_string(), &patient);
    }

    /// The condition alone, so that more of what is tried is a rule.
    #[test]
    fn given_a_rule_of_any_condition_when_loaded_then_it_is_refused_or_can_be_judged(
        when in value(), patient in any::<Index>(),
    ) {
        let mut document: Value = serde_json::from_str(&SHIPPED[0]).unwrap();
        document["when"] = when;
        document["then"]["summary"] = json!("s");
        document["then"]["detail"] = json!("d");
        holds(&document.to_string(), &patient);
    }
}

#[test]
fn given_a_rule_beyond_its_bounds_when_loaded_then_it_is_refused_with_the_place() {
    let shipped: Value = serde_json::from_str(&SHIPPED[0]).unwrap();
    let refused = |pointer: &str, value: Value| {
        let mut rule = shipped.clone();
        *rule.pointer_mut(pointer).unwrap() = value;
        let error = RuleBook::from_json(KNOWLEDGE.clone(), [("fuzzed", rule.to_string().as_str())]).unwrap_err();
        is_told(&error, &rule.to_string());
        (error.path, error.reason)
    };
    let nested = (0..17).fold(json!({"pregnant": true}), |inner, _| json!({ "not": inner }));
    assert!(refused("/when", nested).1.contains("nested deeper than 16"));
    let wide = json!({"all": vec![json!({"any": vec![json!({"pregnant": true}); 30]}); 20]});
    let (path, reason) = refused("/when", wide);
    assert!(reason.contains("512 conditions") && path.starts_with("when.all["), "{path}: {reason}");
    assert!(refused("/title", json!("t".repeat(9_000))).1.contains("longer than"));
    assert!(refused("/title", json!("t".repeat(300_000))).1.contains("bytes"));
    assert_eq!(refused("/triggers", json!(["Order Sign"])).0, "triggers[0]");
    assert_eq!(refused("/triggers", json!(vec!["order-sign"; 257])).0, "triggers");
    assert_eq!(refused("/id", json!("schema")).0, "id");
    let case = json!({"name": "n", "given": {"observations": [{"loinc": "2823-3", "value": 1, "unit": "mmol/L", "hours_ago": u32::MAX}]}, "expect": "not_fired"});
    assert_eq!(refused("/tests", json!([case])).0, "tests[0].given.observations[0].hours_ago");
    let case = json!({"name": "n", "given": {"days_ago": 1_000_000}, "expect": "not_fired"});
    assert_eq!(refused("/tests", json!([case])).0, "tests[0].given.days_ago");
    let case = json!({"name": "n", "given": {"active": vec!["warfarin"; 257]}, "expect": "not_fired"});
    assert_eq!(refused("/tests", json!([case])).0, "tests[0].given.active");
    for url in ["http://a.org", "https://", "https://user@a.org/", "javascript:alert(1)", "https://a.org/ b"] {
        let mut then = shipped["then"].clone();
        then["links"] = json!([{"label": "l", "url": url}]);
        assert_eq!(refused("/then", then).0, "then.links[0].url", "{url}");
    }
}

#[test]
fn given_a_link_when_a_rule_fires_then_its_findings_have_it() {
    let mut rule: Value =
        serde_json::from_str(SHIPPED.iter().find(|text| text.contains("\"critical-potassium-high\"")).unwrap())
            .unwrap();
    rule["then"]["links"] = json!([{"label": "Hyperkalaemia", "url": "https://example.org/k?x=1#y"}]);
    let book = RuleBook::from_json(KNOWLEDGE.clone(), [("linked", rule.to_string().as_str())]).unwrap();
    let case = &book.document("critical-potassium-high").unwrap().tests[0];
    let judgement = book.judge_one("critical-potassium-high", &case.given.facts()).unwrap();
    assert_eq!(&*judgement.findings()[0].links[0].url, "https://example.org/k?x=1#y");
}
