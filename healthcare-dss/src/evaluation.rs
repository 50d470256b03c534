//! The outcome of judging facts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::explanation::Explanation;
use crate::finding::Finding;
use crate::text::Text;

/// Every rule that the trigger concerns, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evaluation {
    /// One a rule, ordered by rule id.
    pub judgements: Vec<Judgement>,
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
        explanation: Explanation,
    },
    /// It cannot be told.
    Lacking {
        /// What is missing, in words.
        missing: Vec<Text>,
        /// The tree with the gaps.
        explanation: Explanation,
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

    /// The judgements that fired or lacked data: those whose tree is worth keeping.
    pub fn notable(&self) -> impl Iterator<Item = &Judgement> {
        self.judgements.iter().filter(|judgement| !matches!(judgement.verdict, Verdict::NotFired { .. }))
    }
}

impl Judgement {
    /// The findings of this rule.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.verdict {
            Verdict::Fired { findings } => findings,
            Verdict::NotFired { .. } | Verdict::Lacking { .. } => &[],
        }
    }

    /// The tree of conditions.
    #[must_use]
    pub fn explanation(&self) -> Option<&Explanation> {
        match &self.verdict {
            Verdict::Fired { findings } => findings.first().map(|finding| &finding.explanation),
            Verdict::NotFired { explanation } | Verdict::Lacking { explanation, .. } => Some(explanation),
        }
    }
}

#[cfg(test)]
mod tests {
    use utoipa::OpenApi;

    #[derive(OpenApi)]
    #[openapi(components(schemas(
        super::Evaluation,
        crate::Facts,
        crate::rule::RuleDocument,
        crate::score::news2::News2
    )))]
    struct Shown;

    /// Trees refer to themselves: without care a schema would be spelt out forever.
    #[test]
    fn given_recursive_types_when_described_then_the_schema_refers_to_itself() {
        let json = Shown::openapi().to_json().unwrap();
        assert!(json.contains("#/components/schemas/Explanation"));
        assert!(json.contains("#/components/schemas/ConditionDocument"));
        assert!(json.contains("\"spo2_scale\""));
    }
}
