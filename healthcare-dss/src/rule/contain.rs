//! Whatever goes wrong within a rule stays within it, and is told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use healthcare_domain::code::Coding;

use super::{CompiledRule, RuleDocument};
use crate::evaluation::{Judgement, RuleRef, Verdict};
use crate::evidence::{Evidence, EvidenceGrade, SourceRead};
use crate::explanation::{Explanation, Tree, Truth};
use crate::finding::{Aspect, Finding, Severity, summary};
use crate::scene::Scene;
use crate::text::Text;

/// The name of the finding by which a user learns that a rule did not look.
pub const RULE_UNAVAILABLE: &str = "rule-unavailable";

/// The system of codes that are the ids of rules.
pub const RULE_SYSTEM: &str = "urn:healthcare:rule";

/// How much one rule may look at: conditions evaluated, and facts and rows compared. A count and not a time, so that
/// the same facts always come to the same judgement. Shipped rules stay below a hundredth of it.
pub const BUDGET: u32 = 250_000;

/// A rule has used up its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl CompiledRule {
    /// The rule by name and version.
    pub(crate) fn reference(&self) -> RuleRef {
        RuleRef { rule: self.document.id.clone(), version: self.document.version }
    }

    /// Judges the rule within its budget. A rule that fails, or needs more than it may, is judged unavailable.
    pub(crate) fn judge(&self, scene: &Scene<'_>) -> Judgement {
        scene.begin();
        // The scene is only read; its count of steps starts anew with every rule.
        match catch_unwind(AssertUnwindSafe(|| self.verdict(scene))) {
            Ok(Ok(verdict)) => self.judged(verdict),
            Ok(Err(Exhausted)) => self.unavailable(format!("it needs more than {} steps", scene.budget())),
            // What a panic says may quote a fact: it stays where panics are reported.
            Err(_) => self.unavailable("it failed while it was judged"),
        }
    }

    fn judged(&self, verdict: Verdict) -> Judgement {
        Judgement { rule: self.document.id.clone(), version: self.document.version, verdict }
    }

    /// The judgement of a rule that did not look.
    pub(crate) fn unavailable(&self, reason: impl Into<Text>) -> Judgement {
        Judgement::unavailable(&self.document, reason)
    }
}

impl Judgement {
    /// The judgement of a rule that did not look: it failed, or cannot be compiled at all.
    #[must_use]
    pub fn unavailable(document: &RuleDocument, reason: impl Into<Text>) -> Self {
        let reason = reason.into();
        let explanation: Tree = Explanation {
            condition: format!("the rule “{}” could be judged", document.title).into(),
            outcome: Truth::Missing,
            observed: vec![],
            lacking: Some(reason.clone()),
            children: vec![],
        }
        .into();
        let subject = Coding::new(RULE_SYSTEM, &document.id, &document.title);
        let aspect = Aspect { kind: document.id.clone(), step: 0, steps: 0 };
        let finding = Finding {
            id: aspect.id(RULE_UNAVAILABLE, document.version, std::slice::from_ref(&subject)),
            rule: RULE_UNAVAILABLE.into(),
            version: document.version,
            severity: Severity::Warning,
            summary: summary(&format!("Not checked: {}", document.title)),
            detail: format!(
                "The rule “{}” ({} version {}) could not be judged: {reason}. What it looks for was not checked; check it by hand.",
                document.title, document.id, document.version
            )
            .into(),
            subjects: vec![subject],
            evidence: vec![Evidence {
                citation: "The platform's own report on a rule".into(),
                link: None,
                grade: EvidenceGrade::LocalPractice,
                source: SourceRead::Checked,
            }],
            override_reasons: vec!["Checked by hand".into()],
            suggestions: vec![],
            suppress_for_hours: None,
            links: vec![],
            explanation,
            aspect: Some(aspect),
        };
        let verdict = Verdict::Unavailable { reason, findings: vec![finding] };
        Self { rule: document.id.clone(), version: document.version, verdict }
    }
}

#[cfg(test)]
#[path = "contain_test.rs"]
mod tests;
