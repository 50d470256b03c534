use serde_json::{Value, json};

use super::BUDGET;
use crate::evaluation::Verdict;
use crate::rule::arbitrary::{KNOWLEDGE, rule_of};
use crate::rule::{CompiledRule, ConditionDocument, Given, WhenMissing};
use crate::scene::Scene;

fn asked() -> CompiledRule {
    let when = ConditionDocument::All(vec![ConditionDocument::AllergiesAsked(true); 3]);
    CompiledRule::compile(rule_of(when, WhenMissing::Report), &KNOWLEDGE).unwrap()
}

/// One step for the conjunction and one for each of its parts; a finding costs its tree again.
#[test]
fn given_exactly_the_steps_it_needs_when_judged_then_a_rule_is_judged_and_with_one_less_it_is_not() {
    let rule = asked();
    for (given, needed) in [(Given::default(), 4), (Given { allergies: Some(vec![]), ..Given::default() }, 8)] {
        let facts = given.facts();
        let unavailable = |steps| {
            let scene = Scene::new(&facts, &KNOWLEDGE).with_budget(steps);
            matches!(rule.judge(&scene).verdict, Verdict::Unavailable { .. })
        };
        assert!(!unavailable(needed) && unavailable(needed - 1), "{needed}");
        assert!(!unavailable(BUDGET));
    }
}

/// A table of three rows that hold is a tree of four, which each of its three findings carries.
#[test]
fn given_a_table_with_several_findings_when_judged_then_each_costs_its_tree() {
    let when = serde_json::from_value(json!({ "table": "interaction" })).unwrap();
    let rule = CompiledRule::compile(rule_of(when, WhenMissing::Report), &KNOWLEDGE).unwrap();
    let given = json!({ "draft": "ketorolac", "active": ["warfarin", "lithium", "methotrexate"] });
    let facts = serde_json::from_value::<Given>(given).unwrap().facts();
    let fires = |steps| {
        let verdict = rule.judge(&Scene::new(&facts, &KNOWLEDGE).with_budget(steps)).verdict;
        matches!(verdict, Verdict::Fired { findings } if findings.len() == 3)
    };
    let needed = 4 + 3 * 4;
    assert!(fires(needed) && !fires(needed - 1));
}

/// A rule leaves nothing behind for the next: the count starts anew.
#[test]
fn given_one_scene_when_many_rules_are_judged_then_each_has_the_whole_budget() {
    let (rule, facts) = (asked(), Given::default().facts());
    let scene = Scene::new(&facts, &KNOWLEDGE).with_budget(4);
    for _ in 0..10 {
        assert!(matches!(rule.judge(&scene).verdict, Verdict::NotFired { .. }));
    }
}

#[test]
fn given_two_rules_that_are_unavailable_when_told_then_each_is_a_finding_of_its_own() {
    let rule = asked();
    let mut other = rule_of(ConditionDocument::AllergiesAsked(true), WhenMissing::Report);
    other.id = "other".into();
    let other = CompiledRule::compile(other, &KNOWLEDGE).unwrap();
    let id = |rule: &CompiledRule, reason: &str| rule.unavailable(reason).findings()[0].id;
    assert_ne!(id(&rule, "a"), id(&other, "a"));
    assert_eq!(id(&rule, "a"), id(&rule, "b"), "the same whatever went wrong");
}

/// The least with which a rule of this condition is judged.
fn needed(when: &Value, given: &Value) -> u32 {
    let when = serde_json::from_value(when.clone()).unwrap();
    let rule = CompiledRule::compile(rule_of(when, WhenMissing::Report), &KNOWLEDGE).unwrap();
    let facts = serde_json::from_value::<Given>(given.clone()).unwrap().facts();
    let judged = |steps: &u32| {
        let verdict = rule.judge(&Scene::new(&facts, &KNOWLEDGE).with_budget(*steps)).verdict;
        assert!(!matches!(verdict, Verdict::Fired { .. }), "its tree would count too");
        !matches!(verdict, Verdict::Unavailable { .. })
    };
    (0..200).find(judged).unwrap()
}

/// What a rule may look at is counted by the facts that it has to compare: a patient with many of them cannot make a rule run
/// for as long as it likes.
#[test]
fn given_more_facts_when_judged_then_each_that_is_compared_costs_a_step() {
    let drugs = |count: usize| json!({ "active": vec!["acetaminophen 500 MG"; count] });
    let problems = |count: usize| json!({ "conditions": vec!["icd10cm|E11.9"; count] });
    let potassium = |count: u32| {
        let one = |hours| json!({ "loinc": "2823-3", "value": "4.1", "unit": "mmol/L", "hours_ago": hours });
        json!({ "observations": (1..=count).map(one).collect::<Vec<_>>() })
    };
    let scores =
        |count: usize| json!({ "scores": vec![json!({ "score": "news2", "total": 1, "highest_part": 1 }); count] });
    let warfarin = json!({ "drug": { "of": "any", "in": ["ingredient:warfarin"] } });
    let asthma = json!({ "condition": { "value_sets": ["asthma"] } });
    let measured = |take: &str| {
        json!({ "observation": { "value_set": "potassium", "unit": "mmol/L", "is": { "at_least": 6 }, "within_hours": 24,
            "take": take } })
    };
    let rise = json!({ "trend": { "value_set": "potassium", "unit": "mmol/L", "direction": "rise", "by": 1,
        "within_hours": 24 } });
    let news2 = json!({ "score": { "score": "news2", "total": { "at_least": 7 }, "within_hours": 4 } });
    for (count, steps) in [(0, 1), (1, 2), (5, 6)] {
        assert_eq!(needed(&warfarin, &drugs(count)), steps);
        assert_eq!(needed(&asthma, &problems(count)), steps);
        assert_eq!(needed(&news2, &scores(count)), steps);
        let values = potassium(u32::try_from(count).unwrap());
        assert_eq!(
            [needed(&measured("any"), &values), needed(&measured("all"), &values), needed(&rise, &values)],
            [steps; 3]
        );
        assert_eq!(needed(&measured("latest"), &values), 2, "of the newest there is one");
    }
    // Each drug that is judged against each other, each allergy and each problem.
    let table = json!({ "table": "interaction" });
    let among = |draft: Value| {
        json!({ "draft": draft, "active": vec!["acetaminophen 500 MG"; 3], "allergies": ["snomed|91936005", "latex"],
            "conditions": ["icd10cm|E11.9"] })
    };
    assert_eq!(needed(&table, &among(json!("metformin 500 MG Oral Tablet"))), 4 + 2 + 1);
    assert_eq!(needed(&table, &among(Value::Null)), 3 * (4 + 2 + 1));
    assert_eq!(
        needed(&json!({ "any": [warfarin, asthma] }), &drugs(2)),
        1 + 3 + 1,
        "what is composed costs a step more"
    );
}
