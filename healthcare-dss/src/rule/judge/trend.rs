//! A measured value that rises or falls: the newest against the lowest, or the highest, before it.

use rust_decimal::Decimal;

use super::leaf::{Outcome, bounded};
use crate::explanation::{INCOMPARABLE, Observed, ObservedValue};
use crate::fact::ObservationFact;
use crate::knowledge::ValueSet;
use crate::rule::condition::Trend;
use crate::rule::document::Direction;
use crate::scene::Scene;

/// A value in the unit of the rule, and the measurement it is of.
#[derive(Clone, Copy)]
struct Point<'a> {
    value: Decimal,
    fact: &'a ObservationFact,
}

/// Two comparable values settle it where they differ enough. Where none of those do, one that cannot be compared leaves
/// it open: it might have.
pub(super) fn evaluate(trend: &Trend, scene: &Scene<'_>) -> Outcome {
    let value_set = &scene.knowledge.value_sets.sets[usize::from(trend.set)];
    let (title, hours) = (&value_set.title, trend.within_seconds / 3600);
    let observed = |fact: &ObservationFact| scene.observed_value(title, fact);
    let within =
        |fact: &ObservationFact| scene.facts.at.signed_duration_since(fact.at).num_seconds() <= trend.within_seconds;
    let of_set = scene.of_set(trend.set);
    let Some(&(_, newest)) = of_set.first() else {
        return Outcome::missing(format!("no {title}"), vec![]);
    };
    if !within(newest) {
        return Outcome::missing(format!("no {title} within {hours} h"), vec![observed(newest)]);
    }
    let incomparable = |fact: &ObservationFact| {
        let lacking = match fact.bound {
            None => format!("{title} in {} {INCOMPARABLE} in {}", fact.unit, trend.unit),
            Some(_) => format!("{} {INCOMPARABLE} with another value", bounded(title, fact)),
        };
        Outcome::missing(lacking, vec![observed(fact)])
    };
    let point = |fact| trend.point(value_set, fact);
    let Some(last) = point(newest) else { return incomparable(newest) };
    let mut before = None;
    let mut unclear = None;
    for fact in of_set.iter().map(|(_, fact)| *fact).filter(|fact| fact.at < newest.at && within(fact)) {
        match point(fact) {
            Some(point) => before = Some(before.map_or(point, |known| trend.further(known, point))),
            None => unclear = unclear.or(Some(fact)),
        }
    }
    match (before, unclear) {
        (None, None) => Outcome::missing(format!("only one {title} within {hours} h"), vec![observed(newest)]),
        (None, Some(fact)) => incomparable(fact),
        (Some(first), unclear) => {
            let changed = last.value.checked_sub(first.value);
            let percent = changed.and_then(|changed| share(changed, first.value));
            match (trend.holds(changed, percent), unclear) {
                (None, _) => Outcome::missing(
                    format!("the change of {title} cannot be computed"),
                    vec![observed(first.fact), observed(newest)],
                ),
                (Some(false), Some(fact)) => incomparable(fact),
                (Some(holds), _) => {
                    let (value, unit) = trend.shown(changed, percent);
                    let what = format!("change in {title}").into();
                    let change = scene.observed(what, value.map(ObservedValue::Number), newest.source, newest.at);
                    let change = Observed { unit: Some(unit.into()), ..change };
                    let outcome = Outcome::of(holds, vec![change, observed(first.fact), observed(newest)]);
                    outcome.of_age(&trend.at_age, newest.at, scene)
                }
            }
        }
    }
}

/// The change in percent of what it changed from; there is none of nothing.
fn share(changed: Decimal, from: Decimal) -> Option<Decimal> {
    if from <= Decimal::ZERO {
        return None;
    }
    changed.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(from)
}

impl Trend {
    /// The value in the unit of the rule, if it can be converted.
    fn point<'a>(&self, value_set: &ValueSet, fact: &'a ObservationFact) -> Option<Point<'a>> {
        let value = fact.bound.is_none().then(|| value_set.convert(fact.value, &fact.unit, &self.unit)).flatten()?;
        Some(Point { value, fact })
    }

    /// Of two earlier values the one that is further from a value that rose, or fell.
    fn further<'a>(&self, a: Point<'a>, b: Point<'a>) -> Point<'a> {
        let b_is_further = match self.direction {
            Direction::Rise => b.value < a.value,
            Direction::Fall => b.value > a.value,
        };
        if b_is_further { b } else { a }
    }

    /// Whether the change is in the direction and large enough; none where it cannot be computed.
    fn holds(&self, changed: Option<Decimal>, percent: Option<Decimal>) -> Option<bool> {
        let enough = |change: Option<Decimal>, limit: Option<Decimal>| match limit {
            None => Some(true),
            Some(limit) => change.map(|change| match self.direction {
                Direction::Rise => change >= limit,
                Direction::Fall => -change >= limit,
            }),
        };
        Some(enough(changed, self.by)? && enough(percent, self.by_percent)?)
    }

    /// What of the change is shown: the amount where the rule limits it, else the share.
    fn shown(&self, changed: Option<Decimal>, percent: Option<Decimal>) -> (Option<Decimal>, &str) {
        match self.by {
            Some(_) => (changed.map(|changed| changed.round_dp(3).normalize()), self.unit.as_str()),
            None => (percent.map(|percent| percent.round_dp(1).normalize()), "%"),
        }
    }
}

#[cfg(test)]
#[path = "trend_test.rs"]
mod tests;
