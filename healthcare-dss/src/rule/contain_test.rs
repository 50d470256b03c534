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
