//! The rules of a trigger, found by what is among the facts: the cost of an evaluation grows with the rules that can
//! have something to say, and not with all of them.

mod places;

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use places::Places;

use crate::evaluation::RuleRef;
use crate::knowledge::{Bits, KnowledgeMap, ValueSetId};
use crate::rule::{CompiledRule, FactKey, Gate, Key, Threshold};
use crate::scene::Scene;

/// The rules of one trigger, by the keys of their gates.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Positions in the book, in order of the rules' ids. All else here are positions in this list.
    pub(super) rules: Vec<usize>,
    /// The same rules by name and version.
    pub(super) listed: Arc<[RuleRef]>,
    /// A rule has two gates, and has to be found on both sides.
    sides: [Side; 2],
}

/// One gate of every rule.
#[derive(Debug, Default)]
struct Side {
    always: Places,
    by_fact: KnowledgeMap<FactKey, Places>,
    thresholds: Vec<Thresholds>,
}

/// Rules that compare the newest value of the same measurement in the same unit.
#[derive(Debug)]
struct Thresholds {
    set: ValueSetId,
    unit: String,
    within_seconds: i64,
    speaks_when_missing: bool,
    /// Every rule here.
    all: Places,
    /// By lower limit, ascending; rules with an upper limit as well bring it. Rules of the same limits stand together.
    from_below: Vec<(Decimal, Option<Decimal>, Places)>,
    /// By upper limit, ascending, those without a lower limit.
    from_above: Vec<(Decimal, Places)>,
}

/// By what a group of thresholds is compared: its place, and that of each pair of limits within it.
type Groups = HashMap<(ValueSetId, String, i64, bool), (usize, HashMap<(Option<Decimal>, Option<Decimal>), usize>)>;

impl Index {
    /// Indexes the rules at these positions, which are in order of the rules' ids.
    pub(super) fn new(book: &[CompiledRule], rules: Vec<usize>) -> Self {
        let compiled = || rules.iter().filter_map(|nth| book.get(*nth));
        let listed = compiled().map(CompiledRule::reference).collect();
        let (first, second): (Vec<Gate>, Vec<Gate>) = compiled().map(|rule| rule.gates().into()).unzip();
        let sides = [Side::new(first, rules.len()), Side::new(second, rules.len())];
        Self { rules, listed, sides }
    }

    /// The rules that might fire or lack data on this scene; all others do not fire.
    pub(super) fn candidates(&self, scene: &Scene<'_>) -> Vec<usize> {
        let [first, second] = &self.sides;
        first.open(scene, self.rules.len()).common(&second.open(scene, self.rules.len())).collect()
    }
}

impl Side {
    fn new(gates: Vec<Gate>, rules: usize) -> Self {
        let mut side = Self::default();
        let mut groups = Groups::new();
        for (place, gate) in gates.into_iter().enumerate() {
            match gate {
                Gate::Always => side.always.push(place),
                Gate::OneOf(keys) => {
                    for key in keys {
                        match key {
                            Key::Fact(key) => side.by_fact.entry(key).or_default().push(place),
                            Key::Threshold(threshold) => side.compare(threshold, place, &mut groups),
                        }
                    }
                }
            }
        }
        side.always.settle(rules);
        side.by_fact.values_mut().for_each(|places| places.settle(rules));
        for group in &mut side.thresholds {
            group.all.settle(rules);
            group.from_below.sort_unstable_by_key(|(lowest, highest, _)| (*lowest, *highest));
            group.from_below.iter_mut().for_each(|(.., places)| places.settle(rules));
            group.from_above.sort_unstable_by_key(|(highest, _)| *highest);
            group.from_above.iter_mut().for_each(|(_, places)| places.settle(rules));
        }
        side
    }

    fn compare(&mut self, threshold: Threshold, place: usize, groups: &mut Groups) {
        let Threshold { set, unit, within_seconds, range, speaks_when_missing } = threshold;
        let next = self.thresholds.len();
        let known = groups.entry((set, unit.clone(), within_seconds, speaks_when_missing));
        let (nth, limits) = known.or_insert_with(|| (next, HashMap::new()));
        if *nth == next {
            let (all, from_below, from_above) = (Places::default(), vec![], vec![]);
            self.thresholds.push(Thresholds {
                set,
                unit,
                within_seconds,
                speaks_when_missing,
                all,
                from_below,
                from_above,
            });
        }
        let Thresholds { all, from_below, from_above, .. } = &mut self.thresholds[*nth];
        all.push(place);
        let limited = (range.lowest(), range.highest());
        match limited {
            (Some(lowest), highest) => {
                let at = *limits.entry(limited).or_insert_with(|| {
                    from_below.push((lowest, highest, Places::default()));
                    from_below.len() - 1
                });
                from_below[at].2.push(place);
            }
            (None, highest) => {
                let at = *limits.entry(limited).or_insert_with(|| {
                    // Without limits any value is within them.
                    from_above.push((highest.unwrap_or(Decimal::MAX), Places::default()));
                    from_above.len() - 1
                });
                from_above[at].1.push(place);
            }
        }
    }

    /// The rules whose gate is open on this scene.
    fn open(&self, scene: &Scene<'_>, rules: usize) -> Bits {
        let mut found = Bits::new(rules);
        self.always.add_to(&mut found);
        scene.each_key(|key| {
            if let Some(places) = self.by_fact.get(&key) {
                places.add_to(&mut found);
            }
        });
        for group in &self.thresholds {
            match scene.latest(group.set, &group.unit, group.within_seconds) {
                // What lies on one side of a bound may be within any limits.
                Some((_, Some(_))) => group.all.add_to(&mut found),
                Some((value, None)) => {
                    let reached = group.from_below.partition_point(|(lowest, ..)| *lowest <= value);
                    for (_, highest, places) in &group.from_below[..reached] {
                        if highest.is_none_or(|highest| highest >= value) {
                            places.add_to(&mut found);
                        }
                    }
                    let passed = group.from_above.partition_point(|(highest, _)| *highest < value);
                    group.from_above[passed..].iter().for_each(|(_, places)| places.add_to(&mut found));
                }
                None if group.speaks_when_missing => group.all.add_to(&mut found),
                None => {}
            }
        }
        found
    }
}
