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

/// What is not known of a total can only add to it.
#[test]
fn given_an_opioid_without_a_dose_when_the_total_is_asked_for_then_only_what_it_cannot_change_is_told() {
    let asked =
        |range: Value, active: &[&str]| explained(&json!({ "opioid_mme": range }), &json!({ "active": active }));
    let (fifty, unknown) = ("oxycodone 10 MG Oral Tablet @ 10 mg 4 times daily", "hydrocodone 5 MG Oral Tablet");
    assert_eq!(asked(json!({ "at_least": 50 }), &[fifty]).outcome, Truth::Met);
    assert_eq!(asked(json!({ "at_least": 50 }), &[fifty, unknown]).outcome, Truth::Met);
    let below = asked(json!({ "at_least": 90 }), &[fifty]);
    assert_eq!((below.outcome, below.lacking), (Truth::NotMet, None));
    let open = asked(json!({ "at_least": 90 }), &[fifty, unknown]);
    assert_eq!(open.outcome, Truth::Missing);
    assert!(open.lacking.is_some_and(|words| words.contains("hydrocodone")));
    assert_eq!(asked(json!({ "below": 90 }), &[fifty]).outcome, Truth::Met);
    assert_eq!(asked(json!({ "below": 90 }), &[fifty, unknown]).outcome, Truth::Missing);
    assert_eq!(asked(json!({ "at_least": 50 }), &["metformin 500 MG"]).outcome, Truth::NotMet);
    assert!(shown(&asked(json!({ "at_least": 50 }), &[fifty]))[0].contains("60"));
}

/// A form that is not told is not the one asked for, and of a combination nothing is alone.
#[test]
fn given_drugs_in_forms_and_combinations_when_asked_for_then_only_those_are_found() {
    let found = |drug: Value, active: &str| explained(&json!({ "drug": drug }), &json!({ "active": [active] })).outcome;
    let slow = json!({ "of": "active", "in": ["class:opioid"], "form": "extended-release" });
    assert_eq!(found(slow.clone(), "MS Contin morphine 15 MG"), Truth::Met);
    assert_eq!(found(slow.clone(), "morphine 15 MG Oral Tablet"), Truth::NotMet);
    assert_eq!(found(slow.clone(), "24 HR metoprolol 100 MG Extended Release Oral Tablet"), Truth::NotMet);
    assert_eq!(found(slow, "Zzyxolimab"), Truth::Missing);
    let patch = json!({ "of": "active", "in": ["ingredient:fentanyl"], "form": "patch" });
    assert_eq!(found(patch.clone(), "72 HR Fentanyl 0.025 MG/HR Transdermal System"), Truth::Met);
    assert_eq!(found(patch, "fentanyl 0.05 MG/ML Injection"), Truth::NotMet);
    let naloxone = json!({ "of": "active", "in": ["ingredient:naloxone"], "alone": true });
    assert_eq!(found(naloxone.clone(), "naloxone 4 MG Nasal Spray"), Truth::Met);
    assert_eq!(found(naloxone, "buprenorphine 8 MG / naloxone 2 MG Sublingual Film"), Truth::NotMet);
}

/// What is as old as it may be counts; a second later it does not.
#[test]
fn given_what_is_as_old_as_it_may_be_when_asked_for_then_it_counts() {
    let glucose =
        json!({ "observation": { "value_set": "glucose", "unit": "mg/dL", "is": { "below": 50 }, "within_hours": 4 } });
    let measured = |hours: u32| {
        let one = json!({ "loinc": "2345-7", "value": 45, "unit": "mg/dL", "hours_ago": hours });
        explained(&glucose, &json!({ "observations": [one] })).outcome
    };
    assert_eq!([4, 5].map(measured), [Truth::Met, Truth::Missing]);
    let news2 = json!({ "score": { "score": "news2", "total": { "at_least": 5 }, "within_hours": 4 } });
    let scored = |hours: u32| {
        let one = json!({ "score": "news2", "total": 7, "highest_part": 3, "hours_ago": hours });
        explained(&news2, &json!({ "scores": [one] })).outcome
    };
    assert_eq!([4, 5].map(scored), [Truth::Met, Truth::Missing]);
}

/// One that does not hold settles nothing where any may: what cannot be compared might.
#[test]
fn given_an_incomparable_value_among_others_when_any_may_hold_then_it_is_left_open() {
    let any = json!({ "observation": { "value_set": "glucose", "unit": "mg/dL", "is": { "below": 50 }, "within_hours": 48,
        "take": "any" } });
    let one = |value: u32, unit: &str, hours: u32| json!({ "loinc": "2345-7", "value": value, "unit": unit, "hours_ago": hours });
    let told = |all: Value| explained(&any, &json!({ "observations": all }));
    let open = told(json!([one(60, "mg/dL", 1), one(45, "s", 2), one(70, "mg/dL", 3)]));
    assert_eq!(open.outcome, Truth::Missing);
    assert!(open.lacking.is_some_and(|words| words.contains("cannot be compared")));
    assert_eq!(told(json!([one(60, "mg/dL", 1), one(45, "s", 2), one(40, "mg/dL", 3)])).outcome, Truth::Met);
    let none = told(json!([one(60, "mg/dL", 1), one(70, "mg/dL", 3)]));
    assert_eq!((none.outcome, none.observed.len()), (Truth::NotMet, 2));
}

/// That nobody knows of any allergy was said by somebody: where stands with it.
#[test]
fn given_no_known_allergies_when_asked_whether_they_were_asked_for_then_it_shows_who_said_so() {
    let told = explained(&json!({ "allergies_asked": true }), &json!({ "allergies": [] }));
    assert_eq!((told.outcome, told.observed.len()), (Truth::Met, 1));
    assert!(told.observed[0].source.is_some(), "{told:?}");
}
