use serde_json::{Value, json};

use crate::explanation::{Explanation, Truth};
use crate::rule::arbitrary::{KNOWLEDGE, rule_of};
use crate::rule::{CompiledRule, Given, WhenMissing};
use crate::scene::Scene;

fn explained(when: &Value, given: &Value) -> Explanation {
    let when = serde_json::from_value(when.clone()).unwrap();
    let rule = CompiledRule::compile(rule_of(when, WhenMissing::Report), &KNOWLEDGE).unwrap();
    let facts = serde_json::from_value::<Given>(given.clone()).unwrap().facts();
    super::evaluate(&rule.condition, &Scene::new(&facts, &KNOWLEDGE))
}

fn shown(explanation: &Explanation) -> Vec<String> {
    explanation.observed.iter().map(ToString::to_string).collect()
}

#[test]
fn given_a_sex_when_asked_for_one_then_it_is_held_against_it_and_shown() {
    for sex in ["female", "male", "other"] {
        for asked in ["female", "male"] {
            let told = explained(&json!({ "sex": asked }), &json!({ "sex": sex }));
            assert_eq!(told.outcome, (sex == asked).into(), "{sex}, asked for {asked}");
            assert_eq!(shown(&told), [format!("sex {sex}")]);
        }
    }
}

#[test]
fn given_a_pregnancy_when_asked_for_then_it_is_held_against_it_and_shown() {
    for (pregnant, words) in [(true, "pregnant yes"), (false, "pregnant no")] {
        for asked in [true, false] {
            let told = explained(&json!({ "pregnant": asked }), &json!({ "sex": "female", "pregnant": pregnant }));
            assert_eq!(told.outcome, (pregnant == asked).into(), "{pregnant}, asked for {asked}");
            assert_eq!(shown(&told), [words]);
        }
    }
}

/// What cannot be compared, measured at another age than is asked for, does not hold: then nothing is lacking.
#[test]
fn given_an_incomparable_value_of_another_age_when_asked_then_it_does_not_hold_and_nothing_is_lacking() {
    let when = json!({ "observation": { "value_set": "glucose", "unit": "mg/dL", "is": { "below": 50 }, "within_hours": 48,
        "at_age": { "years": { "below": 2 } } } });
    let measured = |age: u32| json!({ "age": age, "observations": [{ "loinc": "2345-7", "value": 45, "unit": "s" }] });
    let of_another_age = explained(&when, &measured(40));
    assert_eq!((of_another_age.outcome, of_another_age.lacking), (Truth::NotMet, None));
    let of_that_age = explained(&when, &measured(1));
    assert_eq!(of_that_age.outcome, Truth::Missing);
    assert!(of_that_age.lacking.is_some_and(|words| words.contains("cannot be compared")));
}
