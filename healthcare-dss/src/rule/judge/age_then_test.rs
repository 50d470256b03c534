use serde_json::{Value, json};

use crate::book::RuleBook;
use crate::evaluation::Judgement;
use crate::explanation::Truth;
use crate::rule::arbitrary::KNOWLEDGE;
use crate::rule::{Given, RuleError};

fn book(when: &Value) -> Result<RuleBook, RuleError> {
    let rule = json!({
        "id": "r", "version": 1, "title": "t", "purpose": "p", "owner": "o", "severity": "info",
        "evidence": [{"citation": "c", "grade": "label", "source": "unchecked"}],
        "triggers": ["order-sign"], "when": when, "then": {"summary": "s", "detail": "d"},
        "tests": [{"name": "n", "given": {}, "expect": "not_fired"}]
    });
    RuleBook::from_json(KNOWLEDGE.clone(), [("r.json", rule.to_string().as_str())])
}

fn judged(when: &Value, given: Value) -> Judgement {
    let given: Given = serde_json::from_value(given).unwrap();
    book(when).unwrap().judge_one("r", &given.facts()).unwrap()
}

fn truth(when: &Value, given: Value) -> Truth {
    judged(when, given).explanation().unwrap().outcome
}

/// Glucose below 50, measured in the first two days of life.
fn glucose(take: &str) -> Value {
    json!({"observation": {"value_set": "glucose", "unit": "mg/dL", "is": {"below": 50}, "within_hours": 48, "take": take,
        "at_age": {"days": {"below": 2}}}})
}

/// A newborn of three days: what was measured, how long ago, and at which age in days.
fn newborn(measured: &[(u32, u32, Option<u32>)]) -> Value {
    let one = |(value, hours_ago, days): &(u32, u32, Option<u32>)| {
        let mut one = json!({"loinc": "2345-7", "value": value, "unit": "mg/dL", "hours_ago": hours_ago});
        if let Some(days) = days {
            one["at_age"] = json!({"years": 0, "months": 0, "days": days});
        }
        one
    };
    json!({"age": 0, "age_months": 0, "age_days": 3, "observations": measured.iter().map(one).collect::<Vec<_>>()})
}

#[test]
fn given_a_value_of_another_age_when_judged_then_the_age_of_then_counts() {
    assert_eq!(truth(&glucose("latest"), newborn(&[(45, 30, Some(1))])), Truth::Met);
    assert_eq!(truth(&glucose("latest"), newborn(&[(55, 30, Some(1))])), Truth::NotMet);
    assert_eq!(truth(&glucose("latest"), newborn(&[(45, 2, None)])), Truth::NotMet, "as old as now");
    assert_eq!(truth(&glucose("latest"), newborn(&[(45, 30, Some(1)), (45, 2, None)])), Truth::NotMet);
    assert_eq!(truth(&glucose("any"), newborn(&[(45, 30, Some(1)), (45, 2, None)])), Truth::Met);
    assert_eq!(truth(&glucose("all"), newborn(&[(45, 30, Some(1)), (45, 2, None)])), Truth::NotMet);
    assert_eq!(truth(&glucose("all"), newborn(&[(45, 30, Some(1)), (44, 40, Some(0))])), Truth::Met);
}

#[test]
fn given_an_age_that_is_not_known_when_judged_then_it_is_missing_unless_the_value_settles_it() {
    let of = |value: u32| json!({"observations": [{"loinc": "2345-7", "value": value, "unit": "mg/dL"}]});
    let missing = judged(&glucose("latest"), of(45));
    let explanation = missing.explanation().unwrap();
    assert_eq!(explanation.outcome, Truth::Missing);
    assert_eq!(explanation.lacking.as_deref(), Some("age then is not known"));
    assert_eq!(truth(&glucose("latest"), of(55)), Truth::NotMet);
    let years = json!({"age": 40, "observations": [{"loinc": "2345-7", "value": 45, "unit": "mg/dL"}]});
    assert_eq!(truth(&glucose("latest"), years), Truth::NotMet, "forty years are no two days");
}

#[test]
fn given_the_age_of_then_when_explained_then_it_stands_beside_the_value() {
    let judged = judged(&glucose("latest"), newborn(&[(45, 30, Some(1))]));
    let explanation = judged.explanation().unwrap();
    assert!(explanation.condition.ends_with("is below 50 mg/dL, measured at an age below 2 days"));
    let shown: Vec<String> = explanation.observed.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown[0].contains("45 mg/dL, 30 h ago"), "{shown:?}");
    assert_eq!(shown[1], "age then 1 d");
}

#[test]
fn given_a_trend_and_a_score_when_judged_then_they_are_of_an_age_as_well() {
    let rise = json!({"trend": {"value_set": "creatinine", "unit": "mg/dL", "direction": "rise", "by": 0.3,
        "within_hours": 48, "at_age": {"years": {"at_least": 18}}}});
    let creatinine = |age: u16| {
        let one = |value: f64, hours: u32| {
            json!({"loinc": "2160-0", "value": value, "unit": "mg/dL", "hours_ago": hours,
            "at_age": {"years": age}})
        };
        json!({"age": 18, "observations": [one(0.8, 40), one(1.4, 2)]})
    };
    assert_eq!(truth(&rise, creatinine(18)), Truth::Met);
    assert_eq!(truth(&rise, creatinine(17)), Truth::NotMet, "grown up since");
    let score = json!({"score": {"score": "news2", "total": {"at_least": 5}, "within_hours": 4,
        "at_age": {"years": {"at_least": 16}}}});
    let news2 = |age: Option<u16>| json!({"age": age, "scores": [{"score": "news2", "total": 6, "highest_part": 2}]});
    assert_eq!(truth(&score, news2(Some(60))), Truth::Met);
    assert_eq!(truth(&score, news2(Some(15))), Truth::NotMet);
    assert_eq!(truth(&score, news2(None)), Truth::Missing);
}

#[test]
fn given_an_age_without_limits_when_loaded_then_it_is_refused_at_its_place() {
    for (at_age, path) in [
        (json!({}), "when.observation.at_age"),
        (json!({"days": {}}), "when.observation.at_age.days"),
        (json!({"years": {"at_least": 5, "below": 4}}), "when.observation.at_age.years"),
    ] {
        let mut when = glucose("latest");
        when["observation"]["at_age"] = at_age;
        assert_eq!(book(&when).unwrap_err().path, path);
    }
}

/// Judgements that were stored before ages of then were facts are read, and judged, as they were.
#[test]
fn given_facts_of_before_when_read_then_everything_was_measured_at_the_age_of_now() {
    let given: Given = serde_json::from_value(newborn(&[(45, 30, None)])).unwrap();
    let stored = serde_json::to_value(given.facts()).unwrap();
    assert!(stored.get("earlier_ages").is_none());
    let facts: crate::Facts = serde_json::from_value(stored).unwrap();
    assert_eq!(facts.age_at(facts.observations[0].at), facts.patient.age());
}
