use serde_json::json;

use crate::fact::{Bound, Facts};
use crate::rule::Given;
use crate::text::Text;
use crate::{Evaluation, RuleBook, Trigger, Verdict};

/// A result of an hour ago, as other systems write it.
fn result(loinc: &str, value: &str, unit: &str) -> Facts {
    let (value, bound) = match Bound::read(value) {
        Some((bound, value)) => (value, Some(bound)),
        None => (value, None),
    };
    let observation = json!({ "loinc": loinc, "value": value, "unit": unit, "hours_ago": 1 });
    let given = json!({ "age": 76, "sex": "female", "allergies": [], "observations": [observation] });
    let mut facts = serde_json::from_value::<Given>(given).unwrap().facts();
    facts.observations[0].bound = bound;
    facts
}

fn fired(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.findings().iter().map(|finding| finding.rule.as_str()).collect()
}

const POTASSIUM: &str = "2823-3";
const PLATELETS: &str = "777-3";
const HAEMOGLOBIN: &str = "718-7";
const GLUCOSE: &str = "2345-7";
const INR: &str = "6301-6";
const CALCIUM: &str = "17861-6";
const LACTATE: &str = "2524-7";
const EGFR: &str = "62238-1";

#[test]
fn given_a_critical_result_in_an_everyday_unit_when_looked_at_then_it_is_told() {
    let book = RuleBook::embedded().unwrap();
    for (loinc, value, unit, rule) in [
        (POTASSIUM, "7.5", "mEq/L", "critical-potassium-high"),
        (POTASSIUM, "7.5", "mmol/l", "critical-potassium-high"),
        (POTASSIUM, "7.5", "mM", "critical-potassium-high"),
        (PLATELETS, "8", "K/uL", "critical-platelets-low"),
        (PLATELETS, "8", "10^3/uL", "critical-platelets-low"),
        (PLATELETS, "8", "10^9/L", "critical-platelets-low"),
        (PLATELETS, "8", "G/L", "critical-platelets-low"),
        (HAEMOGLOBIN, "5", "g/dl", "critical-haemoglobin-low"),
        (HAEMOGLOBIN, "5", "gm/dL", "critical-haemoglobin-low"),
        (GLUCOSE, "650", "mg/dl", "critical-glucose-high"),
        (INR, "11", "INR", "critical-inr-high"),
        (CALCIUM, "14", "mg/dl", "critical-calcium-high"),
        // Two moles of charge in a mole: 14.4 mg/dL.
        (CALCIUM, "7.2", "mEq/L", "critical-calcium-high"),
        (LACTATE, "54", "mg/dL", "critical-lactate-high"),
    ] {
        let evaluation = book.look(Trigger("patient.viewed"), &result(loinc, value, unit));
        assert!(fired(&evaluation).contains(&rule), "{value} {unit}: {:?}", fired(&evaluation));
    }
    let normal = book.look(Trigger("patient.viewed"), &result(CALCIUM, "5", "mEq/L"));
    assert!(!fired(&normal).iter().any(|rule| rule.starts_with("critical")), "10 mg/dL: {:?}", fired(&normal));
}

#[test]
fn given_a_bound_beyond_the_limit_when_looked_at_then_it_is_told_as_far_along_as_the_bound() {
    let book = RuleBook::embedded().unwrap();
    for (loinc, value, unit, rule) in [
        (POTASSIUM, ">9", "mmol/L", "critical-potassium-high"),
        (INR, ">10", "1", "critical-inr-high"),
        (GLUCOSE, ">600", "mg/dL", "critical-glucose-high"),
        (GLUCOSE, "<20", "mg/dL", "critical-glucose-low"),
        (PLATELETS, "<5", "10*9/L", "critical-platelets-low"),
    ] {
        let bound = book.look(Trigger("patient.viewed"), &result(loinc, value, unit));
        let exact = book.look(Trigger("patient.viewed"), &result(loinc, value.trim_start_matches(['<', '>']), unit));
        let of_rule = |evaluation: &Evaluation| {
            let found = evaluation.findings().into_iter().find(|finding| finding.rule.as_str() == rule);
            found.map(|finding| (finding.id, finding.summary.to_string()))
        };
        let (Some((id, summary)), Some((exactly, _))) = (of_rule(&bound), of_rule(&exact)) else {
            panic!("{value}: {:?} {:?}", fired(&bound), fired(&exact))
        };
        assert_eq!(id, exactly, "{value}: the same step");
        assert!(summary.contains(value), "{summary}");
    }
}

#[test]
fn given_a_result_that_cannot_be_read_when_looked_at_then_the_rule_says_so() {
    let book = RuleBook::embedded().unwrap();
    for (value, unit, words) in [
        ("7.5", "furlong", "potassium in furlong cannot be compared in mmol/L"),
        (">5", "mmol/L", "potassium >5 mmol/L cannot be compared with at least 6"),
    ] {
        let judged = book.judge_one("critical-potassium-high", &result(POTASSIUM, value, unit)).unwrap();
        let Verdict::Lacking { missing, explanation } = &judged.verdict else { panic!("{judged:?}") };
        assert_eq!(missing.iter().map(Text::as_str).collect::<Vec<_>>(), [words]);
        let [(observed, why)] = explanation.unreadable()[..] else { panic!("{explanation:?}") };
        assert_eq!((observed.unit.as_deref(), why.as_str()), (Some(unit), words));
    }
    let old = book.judge_one("critical-potassium-high", &result(GLUCOSE, "90", "mg/dL")).unwrap();
    assert!(old.explanation().unwrap().unreadable().is_empty(), "what is not there is not unread");
}

#[test]
fn given_metformin_when_only_a_bound_of_the_egfr_is_known_then_it_is_told_and_is_not_unknown() {
    let book = RuleBook::embedded().unwrap();
    let signing = |value: &str, unit: &str| {
        let given = json!({ "draft": "Metformin hydrochloride 500 MG Oral Tablet", "allergies": [] });
        let draft = serde_json::from_value::<Given>(given).unwrap().facts().draft;
        let facts = Facts { draft, ..result(EGFR, value, unit) };
        let evaluation = book.look(Trigger::ORDER_SIGN, &facts);
        fired(&evaluation)
            .into_iter()
            .filter(|rule| rule.starts_with("metformin"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(signing("<15", "mL/min/{1.73_m2}"), ["metformin-egfr-below-30"]);
    assert_eq!(signing("12", "mL/min"), ["metformin-egfr-below-30"]);
    assert_eq!(signing(">=60", "ml/min/1.73m2"), Vec::<String>::new());
}

#[test]
fn given_a_drug_of_the_kidneys_when_the_egfr_cannot_be_compared_then_that_is_what_is_lacking() {
    let book = RuleBook::embedded().unwrap();
    for (value, unit, words) in [
        ("12", "furlong", "eGFR in furlong cannot be compared"),
        (">10", "mL/min", "eGFR >10 mL/min cannot be compared"),
    ] {
        let given = json!({ "draft": "Dabigatran etexilate 150 MG Oral Capsule", "allergies": [] });
        let draft = serde_json::from_value::<Given>(given).unwrap().facts().draft;
        let facts = Facts { draft, ..result(EGFR, value, unit) };
        let judged = book.judge_one("renal-limit", &facts).unwrap();
        let lacking = judged.explanation().unwrap().lacking.as_ref().map(Text::as_str).unwrap();
        assert!(lacking.starts_with(words), "{lacking}");
    }
}
