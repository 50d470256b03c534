//! The outcome of judging facts.

mod unmet;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::explanation::{Explanation, Tree};
use crate::finding::Finding;
use crate::text::Text;
pub use unmet::Unmet;

/// Every rule that the trigger concerns, judged: those that might have had something to say with their tree, and all
/// others by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evaluation {
    /// One a rule that was looked at in full, ordered by rule id.
    pub judgements: Vec<Judgement>,
    /// The rules that did not fire because what they ask for is not among the facts at all. Their trees are had by
    /// judging them again on the same facts ([`RuleBook::judge_one`](crate::RuleBook::judge_one)).
    #[serde(default)]
    #[schema(value_type = Vec<RuleRef>)]
    pub unmet: Unmet,
}

/// A rule in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct RuleRef {
    /// The rule.
    pub rule: Text,
    /// Its version.
    pub version: u32,
}

/// One rule, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Judgement {
    /// The rule.
    pub rule: Text,
    /// Its version.
    pub version: u32,
    /// What came of it.
    pub verdict: Verdict,
}

/// Fired, not fired, or lacking data; always explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The rule has something to say; each finding carries the explanation.
    Fired {
        /// At least one.
        findings: Vec<Finding>,
    },
    /// The rule's condition is not met.
    NotFired {
        /// Why not.
        #[schema(value_type = Explanation)]
        explanation: Tree,
    },
    /// It cannot be told.
    Lacking {
        /// What is missing, in words.
        missing: Vec<Text>,
        /// The tree with the gaps.
        #[schema(value_type = Explanation)]
        explanation: Tree,
    },
    /// The rule did not look: it failed, or took more than it may. Nothing is known of what it looks for.
    Unavailable {
        /// Why, without any of the facts.
        reason: Text,
        /// One warning that says so.
        findings: Vec<Finding>,
    },
}

impl Evaluation {
    /// All findings, the most severe first, then by rule and id.
    #[must_use]
    pub fn findings(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.judgements.iter().flat_map(Judgement::findings).collect();
        findings.sort_by(|a, b| (a.severity, &a.rule, a.id).cmp(&(b.severity, &b.rule, b.id)));
        findings
    }

    /// The judgements that fired, lacked data or were unavailable: those whose tree is worth keeping.
    pub fn notable(&self) -> impl Iterator<Item = &Judgement> {
        self.judgements.iter().filter(|judgement| !matches!(judgement.verdict, Verdict::NotFired { .. }))
    }

    /// What was judged by other rules than these.
    #[must_use]
    pub fn without(mut self, rules: &HashSet<Text>) -> Self {
        if !rules.is_empty() {
            self.judgements.retain(|judgement| !rules.contains(&judgement.rule));
            self.unmet = self.unmet.iter().filter(|one| !rules.contains(&one.rule)).cloned().collect();
        }
        self
    }

    /// What was judged by the rules of both; no rule is in both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.judgements.extend(other.judgements);
        self.judgements.sort_by(|a, b| a.rule.cmp(&b.rule));
        self.unmet = self.unmet.iter().chain(other.unmet.iter()).cloned().collect();
        self
    }

    /// How many rules were judged.
    #[must_use]
    pub fn len(&self) -> usize {
        self.judgements.len() + self.unmet.len()
    }

    /// Whether no rule was judged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every rule that was judged, ordered by id, with its judgement where that was made in full.
    pub fn each(&self) -> impl Iterator<Item = (&Text, u32, Option<&Judgement>)> {
        let mut judged = self.judgements.iter().peekable();
        let mut unmet = self.unmet.iter().peekable();
        std::iter::from_fn(move || {
            let judged_first = match (judged.peek(), unmet.peek()) {
                (Some(one), Some(other)) => one.rule < other.rule,
                (one, _) => one.is_some(),
            };
            if judged_first {
                judged.next().map(|one| (&one.rule, one.version, Some(one)))
            } else {
                unmet.next().map(|one| (&one.rule, one.version, None))
            }
        })
    }
}

impl Judgement {
    /// The findings of this rule.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.verdict {
            Verdict::Fired { findings } | Verdict::Unavailable { findings, .. } => findings,
            Verdict::NotFired { .. } | Verdict::Lacking { .. } => &[],
        }
    }

    /// The tree of conditions.
    #[must_use]
    pub fn explanation(&self) -> Option<&Explanation> {
        match &self.verdict {
            Verdict::Fired { findings } | Verdict::Unavailable { findings, .. } => {
                findings.first().map(|finding| &*finding.explanation)
            }
            Verdict::NotFired { explanation } | Verdict::Lacking { explanation, .. } => Some(explanation),
        }
    }
}

#[cfg(test)]
#[path = "evaluation/evaluation_test.rs"]
mod tests;
