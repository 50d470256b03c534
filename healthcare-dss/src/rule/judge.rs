//! Judging one rule: a condition tree in three values, every node explained.

mod age;
mod leaf;
mod table;
mod trend;

use super::condition::{Condition, Test, Trend};
use super::document::{Take, WhenMissing};
use super::{CompiledRule, Exhausted, bind};
use crate::evaluation::Verdict;
use crate::explanation::{Explanation, Tree, Truth};
use crate::scene::Scene;
use crate::text::Text;
pub(super) use table::TableMatch;

impl CompiledRule {
    /// What the rule comes to on a scene.
    pub(super) fn verdict(&self, scene: &Scene<'_>) -> Result<Verdict, Exhausted> {
        let mut matches = vec![];
        let explanation = evaluate(&self.condition, scene, &mut matches)?;
        Ok(match (explanation.outcome, self.document.when_missing) {
            (Truth::Met, _) | (Truth::Missing, WhenMissing::Fire) => {
                // Each finding carries the tree.
                scene.spend(explanation.size() * matches.len().max(1))?;
                Verdict::Fired { findings: bind::findings(self, scene, &explanation, matches) }
            }
            (Truth::NotMet, _) | (Truth::Missing, WhenMissing::Ignore) => Verdict::NotFired { explanation },
            (Truth::Missing, WhenMissing::Report) => {
                let mut missing: Vec<Text> = vec![];
                explanation.collect_lacking(&mut missing);
                Verdict::Lacking { missing, explanation }
            }
        })
    }
}

/// Evaluates a condition and all beneath it: nothing is skipped, so that every condition is explained.
fn evaluate(condition: &Condition, scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Result<Tree, Exhausted> {
    if let Some(known) = condition.shared.and_then(|shared| scene.explained(shared)) {
        return known;
    }
    let steps = cost(&condition.test, scene);
    scene.spend(steps)?;
    let children = |of: &[Condition], matches: &mut Vec<TableMatch>| -> Result<Vec<Tree>, Exhausted> {
        // As long as it will be: it is kept as it is.
        let mut explained = Vec::with_capacity(of.len());
        for child in of {
            explained.push(evaluate(child, scene, matches)?);
        }
        Ok(explained)
    };
    let (outcome, children) = match &condition.test {
        Test::All(of) => {
            let children = children(of, matches)?;
            (all(&children), children)
        }
        Test::Any(of) => {
            let children = children(of, matches)?;
            (any(&children), children)
        }
        Test::Count(at_least, of) => {
            let children = children(of, matches)?;
            (count(*at_least, &children), children)
        }
        Test::Not(of) => {
            let child = evaluate(of, scene, matches)?;
            (!child.outcome, vec![child])
        }
        Test::Missing(of) => {
            let child = evaluate(of, scene, matches)?;
            ((child.outcome == Truth::Missing).into(), vec![child])
        }
        Test::Table(kind) => return Ok(table::evaluate(*kind, condition, scene, matches).into()),
        Test::Age(..)
        | Test::Sex(_)
        | Test::Pregnant(_)
        | Test::AllergiesAsked(_)
        | Test::Drug { .. }
        | Test::OpioidMme(_)
        | Test::Condition { .. }
        | Test::Observation { .. }
        | Test::Trend(_)
        | Test::Score { .. } => {
            let explained = leaf::evaluate(condition, scene).into();
            if let Some(shared) = condition.shared {
                scene.keep(shared, steps, &explained);
            }
            return Ok(explained);
        }
    };
    Ok(Explanation { condition: condition.words.clone(), outcome, observed: vec![], lacking: None, children }.into())
}

/// How many steps a condition takes by itself: the facts or pairs of facts it may have to compare.
fn cost(test: &Test, scene: &Scene<'_>) -> usize {
    let drugs = scene.active.len() + 1;
    match test {
        Test::Drug { .. } | Test::OpioidMme(_) => drugs,
        Test::Condition { .. } => scene.conditions.len() + 1,
        Test::Observation { take: Take::Latest, .. } => 2,
        Test::Trend(Trend { set, .. }) | Test::Observation { set, take: Take::Any | Take::All, .. } => {
            scene.of_set(*set).len() + 1
        }
        Test::Score { .. } => scene.facts.scores.len() + 1,
        Test::Table(_) => scene.judged().len() * (drugs + scene.allergies.len() + scene.conditions.len()),
        Test::All(_)
        | Test::Any(_)
        | Test::Not(_)
        | Test::Missing(_)
        | Test::Count(..)
        | Test::Age(..)
        | Test::Sex(_)
        | Test::Pregnant(_)
        | Test::AllergiesAsked(_) => 1,
    }
}

/// Kleene's conjunction: one that is not met settles it, else one that is missing leaves it open.
fn all(children: &[Tree]) -> Truth {
    if children.iter().any(|child| child.outcome == Truth::NotMet) {
        Truth::NotMet
    } else if children.iter().any(|child| child.outcome == Truth::Missing) {
        Truth::Missing
    } else {
        Truth::Met
    }
}

/// Kleene's disjunction.
fn any(children: &[Tree]) -> Truth {
    if children.iter().any(|child| child.outcome == Truth::Met) {
        Truth::Met
    } else if children.iter().any(|child| child.outcome == Truth::Missing) {
        Truth::Missing
    } else {
        Truth::NotMet
    }
}

/// Met once enough are met; not met once the missing ones could not make it up.
fn count(at_least: usize, children: &[Tree]) -> Truth {
    let met = children.iter().filter(|child| child.outcome == Truth::Met).count();
    let open = children.iter().filter(|child| child.outcome == Truth::Missing).count();
    if met >= at_least {
        Truth::Met
    } else if met + open >= at_least {
        Truth::Missing
    } else {
        Truth::NotMet
    }
}

#[cfg(test)]
#[path = "judge_test.rs"]
mod tests;
