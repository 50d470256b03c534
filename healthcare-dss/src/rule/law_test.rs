//! The laws of three-valued logic, on whole conditions over whole patients.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::arbitrary::{KNOWLEDGE, condition, given, rule_of};
use super::{ConditionDocument, Given, GivenObservation, GivenScore, WhenMissing};
use crate::explanation::Truth;
use crate::fact::{Facts, Sex};
use crate::{RuleBook, Verdict};

fn outcome(when: ConditionDocument, facts: &Facts) -> Truth {
    let book = RuleBook::from_documents(KNOWLEDGE.clone(), vec![rule_of(when, WhenMissing::Report)]).unwrap();
    let judgement = book.judge_one("r", facts).unwrap();
    assert!(!matches!(judgement.verdict, Verdict::Unavailable { .. }), "{judgement:?}");
    judgement.explanation().unwrap().outcome
}

fn not(of: ConditionDocument) -> ConditionDocument {
    ConditionDocument::Not(Box::new(of))
}

/// The same patient, of whom what was not known is known now. What is on record already is left as it is.
fn learnt(given: Given, more: &Learnt) -> Given {
    let says_pregnant = given.conditions.iter().any(|one| one == "snomed|77386006");
    let asks = !says_pregnant && given.sex != Some(Sex::Male);
    let potassium_known = given.observations.iter().any(|one| one.loinc == "2823-3");
    let score_known = !given.scores.is_empty();
    let mut given = Given {
        age: given.age.or(Some(more.age)),
        sex: given.sex.or(Some(Sex::Female)),
        pregnant: given.pregnant.or(asks.then_some(more.pregnant)),
        ..given
    };
    given.observations.extend((!potassium_known).then(|| GivenObservation {
        loinc: "2823-3".into(),
        value: Decimal::new(more.potassium, 1),
        unit: "mmol/L".into(),
        hours_ago: 0,
        at_age: None,
    }));
    given.scores.extend((!score_known).then(|| GivenScore {
        score: "news2".into(),
        total: more.news2,
        highest_part: more.news2.min(3),
        incomplete: false,
        hours_ago: 0,
    }));
    given
}

#[derive(Debug)]
struct Learnt {
    age: u16,
    pregnant: bool,
    potassium: i64,
    news2: u16,
}

fn more() -> impl Strategy<Value = Learnt> {
    (0u16..100, any::<bool>(), 0i64..80, 0u16..12).prop_map(|(age, pregnant, potassium, news2)| Learnt {
        age,
        pregnant,
        potassium,
        news2,
    })
}

/// What a finer age, a coarser one and their absence say is proved beside them; here one age is known or none.
fn by_years_alone(given: Given) -> Given {
    Given { age_months: None, age_days: None, ..given }
}

/// Whether a condition asks for what is missing: to learn it then changes the answer.
fn asks_for_missing(when: &ConditionDocument) -> bool {
    serde_json::to_string(when).unwrap().contains("\"missing\"")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn given_any_conditions_when_negated_then_de_morgan_and_double_negation_hold(
        a in condition(), b in condition(), given in given(),
    ) {
        let facts = given.facts();
        let (all, any) = (ConditionDocument::All, ConditionDocument::Any);
        prop_assert_eq!(outcome(not(not(a.clone())), &facts), outcome(a.clone(), &facts));
        prop_assert_eq!(outcome(not(a.clone()), &facts), !outcome(a.clone(), &facts));
        prop_assert_eq!(
            outcome(not(all(vec![a.clone(), b.clone()])), &facts),
            outcome(any(vec![not(a.clone()), not(b.clone())]), &facts)
        );
        prop_assert_eq!(
            outcome(not(any(vec![a.clone(), b.clone()])), &facts),
            outcome(all(vec![not(a), not(b)]), &facts)
        );
    }

    #[test]
    fn given_any_conditions_when_turned_grouped_or_repeated_then_nothing_changes(
        a in condition(), b in condition(), c in condition(), given in given(),
    ) {
        let facts = given.facts();
        for join in [ConditionDocument::All, ConditionDocument::Any] {
            let flat = outcome(join(vec![a.clone(), b.clone(), c.clone()]), &facts);
            prop_assert_eq!(outcome(join(vec![c.clone(), a.clone(), b.clone()]), &facts), flat);
            prop_assert_eq!(outcome(join(vec![a.clone(), join(vec![b.clone(), c.clone()])]), &facts), flat);
            prop_assert_eq!(outcome(join(vec![a.clone(), a.clone()]), &facts), outcome(a.clone(), &facts));
        }
    }

    #[test]
    fn given_any_conditions_when_counted_then_one_is_any_and_each_is_all(
        of in proptest::collection::vec(condition(), 1..4), given in given(),
    ) {
        let facts = given.facts();
        let count = |at_least| ConditionDocument::Count { at_least, of: of.clone() };
        prop_assert_eq!(outcome(count(1), &facts), outcome(ConditionDocument::Any(of.clone()), &facts));
        prop_assert_eq!(outcome(count(of.len()), &facts), outcome(ConditionDocument::All(of.clone()), &facts));
    }

    /// Missing stays missing: it is neither excluded nor contradicted, and to ask whether it is missing is answered.
    #[test]
    fn given_any_condition_when_missing_then_neither_it_nor_its_contrary_is_told(a in condition(), given in given()) {
        let facts = given.facts();
        let plain = outcome(a.clone(), &facts);
        let either = outcome(ConditionDocument::Any(vec![a.clone(), not(a.clone())]), &facts);
        let both = outcome(ConditionDocument::All(vec![a.clone(), not(a.clone())]), &facts);
        let missing = outcome(ConditionDocument::Missing(Box::new(a)), &facts);
        if plain == Truth::Missing {
            prop_assert_eq!((either, both, missing), (Truth::Missing, Truth::Missing, Truth::Met));
        } else {
            prop_assert_eq!((either, both, missing), (Truth::Met, Truth::NotMet, Truth::NotMet));
        }
    }

    /// What was told without knowing everything stands when the rest is learnt.
    #[test]
    fn given_a_settled_condition_when_what_was_missing_is_learnt_then_it_stands(
        a in condition(), given in given(), more in more(),
    ) {
        prop_assume!(!asks_for_missing(&a));
        let before = by_years_alone(given);
        let told = outcome(a.clone(), &before.facts());
        if told != Truth::Missing {
            prop_assert_eq!(outcome(a, &learnt(before, &more).facts()), told);
        }
    }
}
