//! Conditions that several rules have: explained once a check, for all of them.

use std::collections::{HashMap, HashSet};

use super::CompiledRule;
use super::condition::{Condition, Test};
use crate::text::Text;

/// The number of a condition among those of a book that stand in it more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shared(u32);

impl Shared {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// Numbers the conditions that stand more than once in these rules, and tells how many there are. Words that are the
    /// same are written once.
    pub(crate) fn number(rules: &mut [CompiledRule]) -> usize {
        let (numbers, count) = numbers(rules);
        let (mut numbers, mut words) = (numbers.into_iter(), HashSet::new());
        for rule in rules {
            rule.condition.each_mut(&mut |condition| {
                condition.shared = numbers.next().flatten();
                match words.get(&condition.words) {
                    Some(known) => condition.words = Text::clone(known),
                    None => _ = words.insert(condition.words.clone()),
                }
            });
        }
        count
    }
}

/// The number of each condition of these rules in turn, where it has one, and how many there are.
fn numbers(rules: &[CompiledRule]) -> (Vec<Option<Shared>>, usize) {
    let mut places: HashMap<(&Text, &Test), Vec<usize>> = HashMap::new();
    let mut conditions = 0;
    for rule in rules {
        rule.condition.each(&mut |condition| {
            if condition.stands_alone() {
                places.entry((&condition.words, &condition.test)).or_default().push(conditions);
            }
            conditions += 1;
        });
    }
    let mut numbers = vec![None; conditions];
    let mut several: Vec<Vec<usize>> = places.into_values().filter(|places| places.len() > 1).collect();
    several.sort_unstable();
    for (places, number) in several.iter().zip(0..) {
        places.iter().for_each(|place| numbers[*place] = Some(Shared(number)));
    }
    (numbers, several.len())
}

impl Condition {
    /// Whether its explanation hangs on the facts alone: a table tells its rule more than that, and what is composed is
    /// made of parts that may be shared themselves.
    fn stands_alone(&self) -> bool {
        self.children().is_empty() && !matches!(self.test, Test::Table(_))
    }

    /// This condition and all beneath it, in order.
    fn each<'a>(&'a self, tell: &mut impl FnMut(&'a Self)) {
        tell(self);
        self.children().iter().for_each(|child| child.each(tell));
    }

    /// The same, to be changed.
    fn each_mut(&mut self, tell: &mut impl FnMut(&mut Self)) {
        tell(self);
        match &mut self.test {
            Test::All(children) | Test::Any(children) | Test::Count(_, children) => {
                children.iter_mut().for_each(|child| child.each_mut(tell));
            }
            Test::Not(child) | Test::Missing(child) => child.each_mut(tell),
            Test::Age(..)
            | Test::Sex(_)
            | Test::Pregnant(_)
            | Test::AllergiesAsked(_)
            | Test::Drug { .. }
            | Test::OpioidMme(_)
            | Test::Condition { .. }
            | Test::Observation { .. }
            | Test::Trend(_)
            | Test::Score { .. }
            | Test::Table(_) => {}
        }
    }
}

#[cfg(test)]
#[path = "shared_test.rs"]
mod tests;
