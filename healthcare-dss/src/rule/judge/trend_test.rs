use serde_json::{Value, json};

use crate::explanation::{Explanation, Truth};
use crate::rule::arbitrary::{KNOWLEDGE, rule_of};
use crate::rule::{Given, WhenMissing};
use crate::{RuleBook, Verdict};

/// KDIGO 2012: a rise of at least 26.5 umol/L within 48 h.
fn kdigo() -> Value {
    json!({"value_set": "creatinine", "unit": "umol/L", "direction": "rise", "by": 26.5, "within_hours": 48, "as": "c"})
}

fn judged(trend: &Value, values: &[(&str, &str, u32)]) -> Explanation {
    let when = serde_json::from_value(json!({ "trend": trend })).unwrap();
    let rule = rule_of(when, WhenMissing::Report);
    let observations: Vec<Value> = values
        .iter()
        .map(|(value, unit, hours)| json!({"loinc": "2160-0", "value": value, "unit": unit, "hours_ago": hours}))
        .collect();
    let given: Given = serde_json::from_value(json!({ "observations": observations })).unwrap();
    let book = RuleBook::from_documents(KNOWLEDGE.clone(), vec![rule]).unwrap();
    book.judge_one("r", &given.facts()).unwrap().explanation().unwrap().clone()
}

#[test]
fn given_a_creatinine_that_rises_when_judged_then_the_lowest_before_it_counts() {
    for (values, expected) in [
        (&[("80", "umol/L", 40), ("106.5", "umol/L", 1)][..], Truth::Met),
        (&[("80", "umol/L", 40), ("106.4", "umol/L", 1)], Truth::NotMet),
        (&[("100", "umol/L", 40), ("80", "umol/L", 20), ("110", "umol/L", 1)], Truth::Met),
        (&[("80", "umol/L", 47), ("150", "umol/L", 20), ("90", "umol/L", 1)], Truth::NotMet),
        (&[("80", "umol/L", 49), ("150", "umol/L", 1)], Truth::Missing),
        (&[("150", "umol/L", 40), ("80", "umol/L", 1)], Truth::NotMet),
    ] {
        assert_eq!(judged(&kdigo(), values).outcome, expected, "{values:?}");
    }
}

#[test]
fn given_values_in_other_units_when_judged_then_they_are_converted_and_what_cannot_be_leaves_it_open() {
    // 1 mg/dL of creatinine is 88.4 umol/L.
    assert_eq!(judged(&kdigo(), &[("0.9", "mg/dL", 30), ("1.3", "mg/dL", 1)]).outcome, Truth::Met);
    assert_eq!(judged(&kdigo(), &[("0.9", "mg/dL", 30), ("100", "umol/L", 1)]).outcome, Truth::NotMet);
    let open = judged(&kdigo(), &[("7", "%", 30), ("90", "umol/L", 20), ("100", "umol/L", 1)]);
    assert_eq!(open.outcome, Truth::Missing);
    assert!(open.lacking.unwrap().contains("% cannot be compared"));
    let settled = judged(&kdigo(), &[("7", "%", 30), ("60", "umol/L", 20), ("100", "umol/L", 1)]);
    assert_eq!(settled.outcome, Truth::Met, "one comparable rise is enough");
    assert_eq!(judged(&kdigo(), &[("60", "umol/L", 20), ("7", "%", 1)]).outcome, Truth::Missing);
}

#[test]
fn given_too_few_values_when_judged_then_it_says_what_is_missing() {
    for (values, words) in [
        (&[][..], "no creatinine"),
        (&[("80", "umol/L", 60)], "no creatinine within 48 h"),
        (&[("80", "umol/L", 3)], "only one creatinine within 48 h"),
        (&[("80", "umol/L", 3), ("300", "umol/L", 3)], "only one creatinine"),
    ] {
        let explanation = judged(&kdigo(), values);
        assert_eq!(explanation.outcome, Truth::Missing);
        assert!(explanation.lacking.as_ref().unwrap().contains(words), "{explanation:?}");
    }
}

#[test]
fn given_a_share_when_judged_then_it_is_of_the_earlier_value_and_of_nothing_there_is_none() {
    let half = |direction: &str| json!({"value_set": "creatinine", "unit": "umol/L", "direction": direction, "by_percent": 50, "within_hours": 168});
    assert_eq!(judged(&half("rise"), &[("80", "umol/L", 100), ("120", "umol/L", 1)]).outcome, Truth::Met);
    assert_eq!(judged(&half("rise"), &[("80", "umol/L", 100), ("119", "umol/L", 1)]).outcome, Truth::NotMet);
    assert_eq!(judged(&half("fall"), &[("120", "umol/L", 100), ("60", "umol/L", 1)]).outcome, Truth::Met);
    assert_eq!(judged(&half("fall"), &[("120", "umol/L", 100), ("61", "umol/L", 1)]).outcome, Truth::NotMet);
    assert_eq!(judged(&half("rise"), &[("0", "umol/L", 100), ("61", "umol/L", 1)]).outcome, Truth::Missing);
    let mut both = kdigo();
    both["by_percent"] = json!(50);
    assert_eq!(judged(&both, &[("80", "umol/L", 40), ("110", "umol/L", 1)]).outcome, Truth::NotMet, "each must hold");
    assert_eq!(judged(&both, &[("80", "umol/L", 40), ("120", "umol/L", 1)]).outcome, Truth::Met);
}

#[test]
fn given_a_trend_when_explained_then_the_change_and_both_values_are_shown_with_their_sources() {
    let explanation = judged(&kdigo(), &[("80", "umol/L", 40), ("120.25", "umol/L", 1)]);
    assert_eq!(&*explanation.condition, "creatinine rises by at least 26.5 umol/L within 48 h");
    let shown: Vec<String> = explanation.observed.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "change in creatinine 40.25 umol/L, 60 min ago",
            "creatinine 80 umol/L, 40 h ago",
            "creatinine 120.25 umol/L, 60 min ago"
        ]
    );
    assert!(explanation.observed.iter().all(|observed| observed.source.is_some()));
}

#[test]
fn given_conditions_and_drugs_by_duration_when_judged_then_the_days_on_record_count() {
    let book = |when: Value| {
        let when = serde_json::from_value(when).unwrap();
        RuleBook::from_documents(KNOWLEDGE.clone(), vec![rule_of(when, WhenMissing::Report)]).unwrap()
    };
    let verdict = |book: &RuleBook, given: Value| {
        let given: Given = serde_json::from_value(given).unwrap();
        book.judge_one("r", &given.facts()).unwrap().verdict
    };
    let asthma = book(json!({"condition": {"value_sets": ["asthma"], "for_days": {"at_least": 90}}}));
    let steroid = book(json!({"drug": {"of": "active", "in": ["ingredient:warfarin"], "for_days": {"below": 14}}}));
    for (days, long, recent) in
        [(0, false, true), (13, false, true), (14, false, false), (89, false, false), (90, true, false)]
    {
        let given = json!({"conditions": ["icd10cm|J45.40"], "active": ["warfarin 5 MG"], "days_ago": days});
        assert_eq!(matches!(verdict(&asthma, given.clone()), Verdict::Fired { .. }), long, "{days}");
        assert_eq!(matches!(verdict(&steroid, given), Verdict::Fired { .. }), recent, "{days}");
    }
    // One that is not known, and too old to count, is not in doubt.
    let unknown = |days| json!({"active": ["Zzyxolimab"], "days_ago": days});
    assert!(matches!(verdict(&steroid, unknown(3)), Verdict::Lacking { .. }));
    assert!(matches!(verdict(&steroid, unknown(30)), Verdict::NotFired { .. }));
}

#[test]
fn given_a_product_when_asked_for_then_its_code_decides_and_words_alone_leave_it_open() {
    let when = serde_json::from_value(json!({"drug": {"of": "draft", "in": ["product:855332"]}})).unwrap();
    let book = RuleBook::from_documents(KNOWLEDGE.clone(), vec![rule_of(when, WhenMissing::Report)]).unwrap();
    let verdict = |draft: &str| {
        let given = Given { draft: Some(draft.into()), ..Given::default() };
        book.judge_one("r", &given.facts()).unwrap().verdict
    };
    let Verdict::Fired { findings } = verdict("rxnorm|855332") else { panic!("not fired") };
    assert_eq!(findings[0].subjects[0].code, "855332");
    assert!(matches!(verdict("rxnorm|11289"), Verdict::NotFired { .. }));
    let Verdict::Lacking { missing, .. } = verdict("warfarin 5 MG Oral Tablet") else { panic!("not lacking") };
    assert_eq!(&*missing[0], "warfarin 5 MG Oral Tablet has no RxNorm code");
}

/// Of the values before, the one furthest from the newest; of two alike the later of them.
#[test]
fn given_several_values_before_when_judged_then_the_furthest_counts_and_of_two_alike_the_later() {
    let fall =
        json!({"value_set": "creatinine", "unit": "umol/L", "direction": "fall", "by": 26.5, "within_hours": 48});
    for (trend, values, hours) in [
        (kdigo(), [("80", 40), ("100", 20), ("110", 1)], 40),
        (kdigo(), [("100", 40), ("80", 20), ("110", 1)], 20),
        (kdigo(), [("80", 40), ("80", 20), ("110", 1)], 20),
        (fall.clone(), [("140", 40), ("120", 20), ("110", 1)], 40),
        (fall.clone(), [("120", 40), ("140", 20), ("110", 1)], 20),
        (fall, [("140", 40), ("140", 20), ("110", 1)], 20),
    ] {
        let told = judged(&trend, &values.map(|(value, hours)| (value, "umol/L", hours)));
        let first = told.observed.get(1).and_then(|observed| observed.age_seconds);
        assert_eq!((told.outcome, first), (Truth::Met, Some(hours * 3600)), "{values:?}");
    }
}
