use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::RuleBook;
use crate::rule::arbitrary::{KNOWLEDGE, given, rule_of, rules};
use crate::rule::{RuleDocument, WhenMissing};

/// The numbers of each rule's conditions in turn, the whole before its parts.
fn numbered(of: &[Value]) -> (Vec<Vec<Option<usize>>>, usize) {
    let compiled = |when: &Value| {
        let document = rule_of(serde_json::from_value(when.clone()).unwrap(), WhenMissing::Report);
        CompiledRule::compile(document, &KNOWLEDGE).unwrap()
    };
    let mut rules: Vec<CompiledRule> = of.iter().map(compiled).collect();
    let count = Shared::number(&mut rules);
    let numbers = |rule: &CompiledRule| {
        let mut numbers = vec![];
        rule.condition.each(&mut |condition| numbers.push(condition.shared.map(Shared::index)));
        numbers
    };
    (rules.iter().map(numbers).collect(), count)
}

fn potassium(at_least: &str, name: &str) -> Value {
    json!({ "observation": { "value_set": "potassium", "unit": "mmol/L", "is": { "at_least": at_least }, "within_hours": 24,
        "as": name } })
}

#[test]
fn given_conditions_that_stand_more_than_once_when_numbered_then_each_has_one_number_and_the_others_have_none() {
    let adult = json!({ "age_years": { "at_least": 18 } });
    let table = json!({ "table": "interaction" });
    let (numbers, count) = numbered(&[
        json!({ "all": [adult, potassium("6", "k")] }),
        json!({ "any": [{ "not": adult }, table] }),
        json!({ "count": { "at_least": 1, "of": [{ "missing": potassium("6", "value") }, { "sex": "female" }] } }),
        table,
    ]);
    let (age, value) = (Some(0), Some(1));
    assert_eq!(
        numbers,
        [vec![None, age, value], vec![None, None, age, None], vec![None, None, value, None], vec![None]],
        "by whatever name, and no table"
    );
    assert_eq!(count, 2);
}

/// 6 and 6.0 are the same limit, and not the same words.
#[test]
fn given_the_same_limit_in_other_words_when_numbered_then_it_is_another_condition() {
    assert_eq!(numbered(&[potassium("6", "k"), potassium("6.0", "k")]), (vec![vec![None], vec![None]], 0));
    assert_eq!(numbered(&[potassium("6", "k"), potassium("6", "k")]), (vec![vec![Some(0)], vec![Some(0)]], 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whoever was explained to first, and whatever the budget: each rule is judged as if it were the only one.
    #[test]
    fn given_any_rules_when_judged_together_then_each_is_judged_as_alone(
        documents in rules(12), given in given(), steps in prop_oneof![3 => Just(crate::rule::BUDGET), 1 => 0u32..40],
    ) {
        let book = |documents: Vec<RuleDocument>| {
            RuleBook::from_documents(KNOWLEDGE.clone(), documents).unwrap().with_budget(steps)
        };
        let facts = given.facts();
        let ids: Vec<_> = documents.iter().map(|document| document.id.clone()).collect();
        let together = book(documents.clone()).judge_some(ids.iter().map(|id| id.as_str()), &facts);
        for (document, judged) in documents.into_iter().zip(together) {
            prop_assert_eq!(book(vec![document.clone()]).judge_one(&document.id, &facts).unwrap(), judged);
        }
    }
}
