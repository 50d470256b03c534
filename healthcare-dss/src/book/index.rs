//! The rules of a trigger, found by what is among the facts: the cost of an evaluation grows with the rules that can
//! have something to say, and not with all of them.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

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
    always: Vec<usize>,
    by_fact: KnowledgeMap<FactKey, Vec<usize>>,
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
    all: Vec<usize>,
    /// Lower limit and rule, ascending; rules with an upper limit as well bring it.
    from_below: Vec<(Decimal, Option<Decimal>, usize)>,
    /// Upper limit and rule, of those without a lower limit, ascending.
    from_above: Vec<(Decimal, usize)>,
}

impl Index {
    /// Indexes the rules at these positions, which are in order of the rules' ids.
    pub(super) fn new(book: &[CompiledRule], rules: Vec<usize>) -> Self {
        let compiled = || rules.iter().filter_map(|nth| book.get(*nth));
        let listed = compiled().map(CompiledRule::reference).collect();
        let (first, second): (Vec<Gate>, Vec<Gate>) = compiled().map(|rule| rule.gates().into()).unzip();
        let sides = [Side::new(first), Side::new(second)];
        Self { rules, listed, sides }
    }

    /// The rules that might fire or lack data on this scene; all others do not fire.
    pub(super) fn candidates(&self, scene: &Scene<'_>) -> Vec<usize> {
        let [first, second] = &self.sides;
        first.open(scene, self.rules.len()).common(&second.open(scene, self.rules.len())).collect()
    }
}

impl Side {
    fn new(gates: Vec<Gate>) -> Self {
        let mut side = Self::default();
        let mut groups: HashMap<(ValueSetId, String, i64, bool), usize> = HashMap::new();
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
        for group in &mut side.thresholds {
            group.from_below.sort_unstable();
            group.from_above.sort_unstable();
        }
        side
    }

    fn compare(
        &mut self,
        threshold: Threshold,
        place: usize,
        groups: &mut HashMap<(ValueSetId, String, i64, bool), usize>,
    ) {
        let Threshold { set, unit, within_seconds, range, speaks_when_missing } = threshold;
        let next = self.thresholds.len();
        let nth = *groups.entry((set, unit.clone(), within_seconds, speaks_when_missing)).or_insert(next);
        if nth == next {
            let (all, from_below, from_above) = (vec![], vec![], vec![]);
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
        let group = &mut self.thresholds[nth];
        group.all.push(place);
        match (range.lowest(), range.highest()) {
            (Some(lowest), highest) => group.from_below.push((lowest, highest, place)),
            (None, Some(highest)) => group.from_above.push((highest, place)),
            // Without limits any value is within them.
            (None, None) => group.from_above.push((Decimal::MAX, place)),
        }
    }

    /// The rules whose gate is open on this scene.
    fn open(&self, scene: &Scene<'_>, rules: usize) -> Bits {
        let mut found = Bits::new(rules);
        let mut add = |places: &[usize]| places.iter().for_each(|place| found.insert(*place));
        add(&self.always);
        scene.each_key(|key| {
            if let Some(places) = self.by_fact.get(&key) {
                add(places);
            }
        });
        for group in &self.thresholds {
            match scene.latest(group.set, &group.unit, group.within_seconds) {
                Some(value) => {
                    let reached = group.from_below.partition_point(|(lowest, ..)| *lowest <= value);
                    for (_, highest, place) in &group.from_below[..reached] {
                        if highest.is_none_or(|highest| highest >= value) {
                            add(&[*place]);
                        }
                    }
                    let passed = group.from_above.partition_point(|(highest, _)| *highest < value);
                    group.from_above[passed..].iter().for_each(|(_, place)| add(&[*place]));
                }
                None if group.speaks_when_missing => add(&group.all),
                None => {}
            }
        }
        found
    }
}
