use proptest::prelude::*;

use super::{all, any, count};
use crate::explanation::{Explanation, Tree, Truth};

fn nodes(outcomes: &[Truth]) -> Vec<Tree> {
    outcomes
        .iter()
        .map(|outcome| {
            let (condition, outcome) = ("c".into(), *outcome);
            Explanation { condition, outcome, observed: vec![], lacking: None, children: vec![] }.into()
        })
        .collect()
}

fn truth() -> impl Strategy<Value = Truth> {
    prop_oneof![Just(Truth::Met), Just(Truth::NotMet), Just(Truth::Missing)]
}

proptest! {
    #[test]
    fn given_any_outcomes_when_negated_then_de_morgan_holds(outcomes in prop::collection::vec(truth(), 1..6)) {
        let negated: Vec<Truth> = outcomes.iter().map(|truth| !*truth).collect();
        prop_assert_eq!(!all(&nodes(&outcomes)), any(&nodes(&negated)));
        prop_assert_eq!(!any(&nodes(&outcomes)), all(&nodes(&negated)));
    }

    #[test]
    fn given_any_outcomes_when_counted_then_one_is_any_and_all_is_all(outcomes in prop::collection::vec(truth(), 1..6)) {
        prop_assert_eq!(count(1, &nodes(&outcomes)), any(&nodes(&outcomes)));
        prop_assert_eq!(count(outcomes.len(), &nodes(&outcomes)), all(&nodes(&outcomes)));
    }

    /// Learning what was missing never overturns what was already settled.
    #[test]
    fn given_a_settled_outcome_when_missing_data_arrives_then_it_stands(
        outcomes in prop::collection::vec(truth(), 1..6), arrived in prop::bool::ANY, at_least in 1usize..4,
    ) {
        let later: Vec<Truth> = outcomes.iter().map(|t| if *t == Truth::Missing { arrived.into() } else { *t }).collect();
        for (before, after) in [
            (all(&nodes(&outcomes)), all(&nodes(&later))),
            (any(&nodes(&outcomes)), any(&nodes(&later))),
            (count(at_least, &nodes(&outcomes)), count(at_least, &nodes(&later))),
        ] {
            prop_assert!(before == Truth::Missing || before == after);
        }
    }
}
