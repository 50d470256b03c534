//! Getting worse: from which values on a finding is another one than the one that was answered.

use rust_decimal::Decimal;

use super::RuleError;
use super::condition::{Condition, Test};
use super::document::{Range, RuleDocument, Take, Worse};
use crate::explanation::{Explanation, ObservedValue, Truth};
use crate::fact::Bound;
use crate::knowledge::ValueSetId;
use crate::scene::Scene;

/// The most steps of getting worse.
const MOST: usize = 16;

/// The steps of a rule, compiled.
#[derive(Debug)]
pub(crate) struct Steps {
    /// The name of the condition whose value counts.
    of: String,
    /// How its values are brought into the unit of the steps; a total has no unit.
    measured: Option<(ValueSetId, String)>,
    /// Whether higher is worse.
    rising: bool,
    at: Vec<Decimal>,
}

impl Steps {
    /// The steps that a document asks for, held against the condition they speak of.
    pub(super) fn compile(document: &RuleDocument, condition: &Condition) -> Result<Option<Self>, RuleError> {
        let Some(Worse { of, at }) = &document.then.worse else { return Ok(None) };
        let fault =
            |path: &str, reason: &str| RuleError::at(&document.id, &format!("then.worse.{path}"), reason.into());
        let found = named(condition, of).ok_or_else(|| fault("of", "the condition names no such value"))?;
        let (measured, range) = match &found.test {
            Test::Observation { set, unit, range, take: Take::Latest | Take::Any, .. } => {
                (Some((*set, unit.clone())), *range)
            }
            Test::Score { total: Some(range), .. } => (None, *range),
            Test::Observation { .. }
            | Test::Score { .. }
            | Test::All(_)
            | Test::Any(_)
            | Test::Not(_)
            | Test::Missing(_)
            | Test::Count(..)
            | Test::Age(..)
            | Test::Sex(_)
            | Test::Pregnant(_)
            | Test::AllergiesAsked(_)
            | Test::Drug { .. }
            | Test::OpioidMme(_)
            | Test::Condition { .. }
            | Test::Trend(_)
            | Test::Table(_) => {
                return Err(fault("of", "only a latest or any measurement, or the total of a score, gets worse"));
            }
        };
        let rising = match (range.lowest(), range.highest()) {
            (Some(_), None) => true,
            (None, Some(_)) => false,
            _ => return Err(fault("of", "its limits do not say which way is worse")),
        };
        if at.is_empty() || at.len() > MOST {
            return Err(fault("at", &format!("1 to {MOST} values")));
        }
        let mut before = limit(&range);
        for (nth, step) in at.iter().enumerate() {
            let further = before.is_none_or(|before| if rising { *step > before } else { *step < before });
            if !further {
                return Err(fault(&format!("at[{nth}]"), "is not beyond what comes before it"));
            }
            before = Some(*step);
        }
        Ok(Some(Self { of: of.clone(), measured, rising, at: at.clone() }))
    }

    /// How many there are.
    pub(super) fn count(&self) -> u8 {
        u8::try_from(self.at.len()).unwrap_or(u8::MAX)
    }

    /// How many of them are reached by what a rule that fired has found; none where nothing was measured.
    pub(super) fn reached(&self, condition: &Condition, explanation: &Explanation, scene: &Scene<'_>) -> u8 {
        let Some(explained) = explained(condition, explanation, &self.of) else { return 0 };
        // What was found stands first; the age of then beside it gets no worse.
        let values = explained.observed.first().into_iter().filter_map(|observed| match &observed.value {
            Some(ObservedValue::Number(number)) => self.comparable(*number, observed.unit.as_deref(), scene),
            // Of a value that is known by a bound alone, as far as the bound.
            Some(ObservedValue::Words(words)) => {
                let bound = Bound::read(words).and_then(|(_, number)| number.parse().ok())?;
                self.comparable(bound, observed.unit.as_deref(), scene)
            }
            Some(ObservedValue::Flag(_)) | None => None,
        });
        let reached = |value: Decimal| {
            let is_beyond = |step: &&Decimal| if self.rising { value >= **step } else { value <= **step };
            self.at.iter().filter(is_beyond).count()
        };
        u8::try_from(values.map(reached).max().unwrap_or(0)).unwrap_or(u8::MAX)
    }

    fn comparable(&self, value: Decimal, unit: Option<&str>, scene: &Scene<'_>) -> Option<Decimal> {
        match &self.measured {
            None => Some(value),
            Some((set, wanted)) => {
                scene.knowledge.value_sets.sets[usize::from(*set)].convert(value, unit.unwrap_or_default(), wanted)
            }
        }
    }
}

fn limit(range: &Range) -> Option<Decimal> {
    range.lowest().or_else(|| range.highest())
}

/// The condition of a name, where it counts as it stands: not within a negation.
fn named<'a>(condition: &'a Condition, name: &str) -> Option<&'a Condition> {
    if matches!(condition.test, Test::Not(_) | Test::Missing(_)) {
        return None;
    }
    if condition.name.as_deref() == Some(name) {
        return Some(condition);
    }
    condition.children().iter().find_map(|child| named(child, name))
}

/// What was explained of the condition of a name, where it is met.
fn explained<'a>(condition: &Condition, explanation: &'a Explanation, name: &str) -> Option<&'a Explanation> {
    if condition.name.as_deref() == Some(name) {
        return (explanation.outcome == Truth::Met).then_some(explanation);
    }
    let children = condition.children().iter().zip(&explanation.children);
    children.into_iter().find_map(|(child, explained_child)| explained(child, explained_child, name))
}

#[cfg(test)]
#[path = "worse_test.rs"]
mod tests;
