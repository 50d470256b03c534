//! Judging one rule: a condition tree in three values, every node explained.

mod leaf;
mod table;

use super::condition::{Condition, Test};
use super::document::WhenMissing;
use super::{CompiledRule, bind};
use crate::evaluation::{Judgement, Verdict};
use crate::explanation::{Explanation, Truth};
use crate::scene::Scene;
use crate::text::Text;
pub(super) use table::TableMatch;

impl CompiledRule {
    /// Judges the rule on a scene.
    pub(crate) fn judge(&self, scene: &Scene<'_>) -> Judgement {
        let mut matches = vec![];
        let explanation = evaluate(&self.condition, scene, &mut matches);
        let verdict = match (explanation.outcome, self.document.when_missing) {
            (Truth::Met, _) | (Truth::Missing, WhenMissing::Fire) => {
                Verdict::Fired { findings: bind::findings(self, scene, &explanation, matches) }
            }
            (Truth::NotMet, _) | (Truth::Missing, WhenMissing::Ignore) => Verdict::NotFired { explanation },
            (Truth::Missing, WhenMissing::Report) => {
                let mut missing: Vec<Text> = vec![];
                explanation.collect_lacking(&mut missing);
                Verdict::Lacking { missing, explanation }
            }
        };
        Judgement { rule: self.document.id.clone(), version: self.document.version, verdict }
    }
}

/// Evaluates a condition and all beneath it: nothing is skipped, so that every condition is explained.
fn evaluate(condition: &Condition, scene: &Scene<'_>, matches: &mut Vec<TableMatch>) -> Explanation {
    let children = |of: &[Condition], matches: &mut Vec<TableMatch>| -> Vec<Explanation> {
        of.iter().map(|child| evaluate(child, scene, matches)).collect()
    };
    let (outcome, children) = match &condition.test {
        Test::All(of) => {
            let children = children(of, matches);
            (all(&children), children)
        }
        Test::Any(of) => {
            let children = children(of, matches);
            (any(&children), children)
        }
        Test::Count(at_least, of) => {
            let children = children(of, matches);
            (count(*at_least, &children), children)
        }
        Test::Not(of) => {
            let child = evaluate(of, scene, matches);
            (!child.outcome, vec![child])
        }
        Test::Missing(of) => {
            let child = evaluate(of, scene, matches);
            ((child.outcome == Truth::Missing).into(), vec![child])
        }
        Test::Table(kind) => return table::evaluate(*kind, condition, scene, matches),
        Test::Age(_)
        | Test::Sex(_)
        | Test::Pregnant(_)
        | Test::AllergiesAsked(_)
        | Test::Drug { .. }
        | Test::Condition(_)
        | Test::Observation { .. }
        | Test::Score { .. } => return leaf::evaluate(condition, scene),
    };
    Explanation { condition: condition.words.clone(), outcome, observed: vec![], lacking: None, children }
}

/// Kleene's conjunction: one that is not met settles it, else one that is missing leaves it open.
fn all(children: &[Explanation]) -> Truth {
    if children.iter().any(|child| child.outcome == Truth::NotMet) {
        Truth::NotMet
    } else if children.iter().any(|child| child.outcome == Truth::Missing) {
        Truth::Missing
    } else {
        Truth::Met
    }
}

/// Kleene's disjunction.
fn any(children: &[Explanation]) -> Truth {
    if children.iter().any(|child| child.outcome == Truth::Met) {
        Truth::Met
    } else if children.iter().any(|child| child.outcome == Truth::Missing) {
        Truth::Missing
    } else {
        Truth::NotMet
    }
}

/// Met once enough are met; not met once the missing ones could not make it up.
fn count(at_least: usize, children: &[Explanation]) -> Truth {
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
