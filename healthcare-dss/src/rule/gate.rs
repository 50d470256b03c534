//! What must be among the facts before a rule can have anything to say.
//!
//! A gate is derived from the condition and is sound: where none of its keys is among the facts, judging the rule would
//! come to "not fired", and neither to a finding nor to "lacking". Where that cannot be shown the gate is open, and the
//! rule is judged each time. That it holds for every rule and all facts is proved by the property tests of the book.

use super::CompiledRule;
use super::condition::{Condition, Test, Trend, WantedDrugs};
use super::document::{Range, Scope, Take, WhenMissing};
use crate::knowledge::{IngredientId, ValueSetId};

/// When a rule has to be judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Gate {
    /// Whatever the facts are.
    Always,
    /// If one of these is among the facts.
    OneOf(Vec<Key>),
}

/// Something that facts have or have not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Key {
    /// Found by looking it up.
    Fact(FactKey),
    /// Found by comparing the newest measurement.
    Threshold(Threshold),
}

/// What is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FactKey {
    /// The draft contains the ingredient.
    Draft(IngredientId),
    /// An active medication contains the ingredient.
    Active(IngredientId),
    /// There is a draft.
    AnyDraft,
    /// There is an active medication.
    AnyActive,
    /// The draft was not recognised: it might be anything.
    UnknownDraft,
    /// An active medication was not recognised.
    UnknownActive,
    /// An active condition is in the value set.
    Condition(ValueSetId),
    /// There is a measurement of the value set, of whatever age.
    Measured(ValueSetId),
}

/// The newest measurement within the limits; or nothing to compare, where that matters to the rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Threshold {
    pub(crate) set: ValueSetId,
    pub(crate) unit: String,
    pub(crate) within_seconds: i64,
    pub(crate) range: Range,
    /// Whether a missing, outdated or incomparable value makes the rule speak: it then lacks data, or fires.
    pub(crate) speaks_when_missing: bool,
}

impl CompiledRule {
    /// What must be among the facts before this rule can fire or lack data: both gates have to be open.
    pub(crate) fn gates(&self) -> [Gate; 2] {
        let missing_is_silent = match self.document.when_missing {
            WhenMissing::Ignore => true,
            WhenMissing::Report | WhenMissing::Fire => false,
        };
        let mut parts = vec![];
        conjuncts(&self.condition, &mut parts);
        let mut gates: Vec<Gate> = parts.into_iter().map(|part| Silence { missing_is_silent }.gate(part)).collect();
        gates.sort_by_key(Gate::weight);
        let mut rarest = gates.into_iter();
        [rarest.next().unwrap_or(Gate::Always), rarest.next().unwrap_or(Gate::Always)]
    }
}

/// The conditions that must all hold: one that is silent silences the rule.
fn conjuncts<'a>(condition: &'a Condition, into: &mut Vec<&'a Condition>) {
    match &condition.test {
        Test::All(of) => of.iter().for_each(|child| conjuncts(child, into)),
        _ => into.push(condition),
    }
}

/// Which outcomes of a condition leave the rule silent: "not met", and "missing" for the rules that ignore it.
#[derive(Clone, Copy)]
struct Silence {
    missing_is_silent: bool,
}

impl Silence {
    /// If none of the keys holds, the condition comes to a silent outcome.
    fn gate(self, condition: &Condition) -> Gate {
        match &condition.test {
            // One silent part silences all: the one that is least often there is asked for.
            Test::All(of) => of.iter().map(|child| self.gate(child)).min_by_key(Gate::weight).unwrap_or(Gate::Always),
            Test::Any(of) => union(of.iter().map(|child| self.gate(child)).collect()),
            Test::Count(at_least, of) => {
                // So many silent parts leave too few for the count.
                let enough = (of.len() + 1).saturating_sub(*at_least);
                let mut gates: Vec<Gate> = of.iter().map(|child| self.gate(child)).collect();
                gates.sort_by_key(Gate::weight);
                gates.truncate(enough);
                union(gates)
            }
            Test::Drug { of, among, .. } => Gate::OneOf(drug_keys(*of, among.as_ref())),
            Test::Condition { sets, .. } => {
                Gate::OneOf(sets.iter().map(|set| Key::Fact(FactKey::Condition(*set))).collect())
            }
            Test::Observation { set, unit, range, within_seconds, take: Take::Latest, .. } => {
                Gate::OneOf(vec![Key::Threshold(Threshold {
                    set: *set,
                    unit: unit.clone(),
                    within_seconds: *within_seconds,
                    range: *range,
                    speaks_when_missing: !self.missing_is_silent,
                })])
            }
            Test::Trend(Trend { set, .. }) | Test::Observation { set, take: Take::Any | Take::All, .. }
                if self.missing_is_silent =>
            {
                Gate::OneOf(vec![Key::Fact(FactKey::Measured(*set))])
            }
            // What is not there is met, or missing: absence silences none of these.
            Test::Observation { .. }
            | Test::Trend(_)
            | Test::Not(_)
            | Test::Missing(_)
            | Test::Age(..)
            | Test::Sex(_)
            | Test::Pregnant(_)
            | Test::AllergiesAsked(_)
            | Test::OpioidMme(_)
            | Test::Score { .. }
            | Test::Table(_) => Gate::Always,
        }
    }
}

fn drug_keys(of: Scope, among: Option<&WantedDrugs>) -> Vec<Key> {
    let (draft, active) = match of {
        Scope::Draft => (true, false),
        Scope::Active => (false, true),
        Scope::Any => (true, true),
    };
    let mut keys = vec![];
    match among {
        Some(WantedDrugs { set, products, .. }) if products.is_empty() => {
            keys.extend(draft.then_some(FactKey::UnknownDraft));
            keys.extend(active.then_some(FactKey::UnknownActive));
            for ingredient in set.ingredients() {
                keys.extend(draft.then_some(FactKey::Draft(ingredient)));
                keys.extend(active.then_some(FactKey::Active(ingredient)));
            }
        }
        // Products are not looked up: any drug may be one.
        Some(_) | None => {
            keys.extend(draft.then_some(FactKey::AnyDraft));
            keys.extend(active.then_some(FactKey::AnyActive));
        }
    }
    keys.into_iter().map(Key::Fact).collect()
}

fn union(gates: Vec<Gate>) -> Gate {
    let mut keys: Vec<Key> = vec![];
    for gate in gates {
        match gate {
            Gate::Always => return Gate::Always,
            Gate::OneOf(of) => keys.extend(of),
        }
    }
    Gate::OneOf(keys)
}

impl Gate {
    /// How often the gate is passed, roughly: a measure to choose among gates, of no meaning beyond that.
    fn weight(&self) -> u32 {
        match self {
            Self::Always => u32::MAX,
            Self::OneOf(keys) => keys.iter().map(Key::weight).fold(0, u32::saturating_add),
        }
    }
}

impl Key {
    fn weight(&self) -> u32 {
        match self {
            Self::Fact(FactKey::Draft(_) | FactKey::UnknownDraft) => 1,
            Self::Fact(FactKey::Active(_) | FactKey::UnknownActive) => 4,
            Self::Fact(FactKey::Condition(_)) => 8,
            Self::Threshold(_) => 150,
            Self::Fact(FactKey::Measured(_)) => 300,
            Self::Fact(FactKey::AnyDraft) => 500,
            Self::Fact(FactKey::AnyActive) => 900,
        }
    }
}

#[cfg(test)]
#[path = "gate_test.rs"]
mod tests;
