//! What of a judgement is told to whoever signs.

use std::collections::HashSet;

use healthcare_domain::signing::Override;
use healthcare_dss::{Evaluation, Finding, Judgement, Severity, Text, Verdict};
use serde::Serialize;
use uuid::Uuid;

use crate::store::EvaluationRecord;

/// Why nothing was put on record: findings wait for an answer.
#[derive(Debug, Serialize)]
pub struct Interruption {
    /// The entry of the justification log.
    pub evaluation: Uuid,
    /// All findings, the gravest first; the critical ones that are not overridden interrupt.
    pub findings: Vec<Finding>,
    /// The rules that could not be told for lack of data, each with what is missing.
    pub lacking: Vec<Judgement>,
}

/// What was looked at, and what is to be told.
pub(crate) struct Looked {
    /// The entry of the justification log.
    pub(crate) record: EvaluationRecord,
    /// The findings, the gravest first.
    pub(crate) findings: Vec<Finding>,
    /// The rules that lacked data.
    pub(crate) lacking: Vec<Judgement>,
    /// The version of the safety row it stands on; none where nothing but the draft was looked at.
    pub(crate) version: Option<i64>,
}

impl Looked {
    /// What whoever signs is answered.
    pub(crate) fn told(&self) -> serde_json::Value {
        serde_json::json!({ "evaluation": self.record.id, "findings": self.findings, "lacking": self.lacking })
    }
}

/// Whether a finding stands in the way of signing.
pub(crate) fn interrupts(finding: &Finding, overrides: &[Override]) -> bool {
    let answered = |id: String| overrides.iter().any(|answer| answer.finding == id);
    finding.severity == Severity::Critical && !answered(finding.id.to_string())
}

/// The rules that lacked data, as they are told: also one that found something in a part of its table and could not look
/// into the rest.
pub(crate) fn lacks(evaluation: &Evaluation) -> Vec<Judgement> {
    let untold = |one: &Judgement| match &one.verdict {
        Verdict::Lacking { .. } => Some(one.clone()),
        Verdict::Fired { findings } => {
            let explanation = findings.first().map(|finding| finding.explanation.clone())?;
            let missing = vec![explanation.lacking.clone()?];
            Some(Judgement { verdict: Verdict::Lacking { missing, explanation }, ..one.clone() })
        }
        Verdict::NotFired { .. } | Verdict::Unavailable { .. } => None,
    };
    evaluation.judgements.iter().filter_map(untold).collect()
}

/// What is found, and what is lacking, with the draft among the facts and not without it. A rule that could not look, at
/// all or in a part of its table, says so either way.
pub(super) fn brought_up(with: &Evaluation, without: &Evaluation) -> (Vec<Finding>, Vec<Judgement>) {
    let found: HashSet<Uuid> = without.findings().into_iter().map(|finding| finding.id).collect();
    let findings = with.findings().into_iter().filter(|finding| !found.contains(&finding.id)).cloned().collect();
    let lacked = lacks(without);
    let known =
        |one: &Judgement| lacked.iter().any(|before| before.rule == one.rule && missing(before) == missing(one));
    let mut lacking = lacks(with);
    lacking.retain(|one| !known(one));
    (findings, lacking)
}

/// What a rule lacked.
fn missing(judgement: &Judgement) -> &[Text] {
    match &judgement.verdict {
        Verdict::Lacking { missing, .. } => missing,
        Verdict::Fired { .. } | Verdict::NotFired { .. } | Verdict::Unavailable { .. } => &[],
    }
}

#[cfg(test)]
mod tests {
    use healthcare_dss::{Explanation, Tree, Truth};

    use super::*;

    fn explanation(lacking: Option<&str>) -> Tree {
        Explanation {
            condition: "interaction".into(),
            outcome: Truth::Met,
            observed: vec![],
            lacking: lacking.map(Text::from),
            children: vec![],
        }
        .into()
    }

    /// A rule that found this in a part of its table, and could not look into the rest for want of that.
    fn found_with_a_gap(finding: u128, lacking: Option<&str>) -> Evaluation {
        let finding = Finding {
            id: Uuid::from_u128(finding),
            rule: "drug-interaction".into(),
            version: 1,
            severity: Severity::Warning,
            summary: "found".into(),
            detail: "found".into(),
            subjects: vec![],
            evidence: vec![],
            override_reasons: vec![],
            suggestions: vec![],
            suppress_for_hours: None,
            links: vec![],
            explanation: explanation(lacking),
            aspect: None,
        };
        of_verdict(Verdict::Fired { findings: vec![finding] })
    }

    fn of_verdict(verdict: Verdict) -> Evaluation {
        let judgement = Judgement { rule: "drug-interaction".into(), version: 1, verdict };
        Evaluation { judgements: vec![judgement], ..Evaluation::default() }
    }

    #[test]
    fn a_gap_that_was_there_before_is_not_told_again() {
        let gap = found_with_a_gap(1, Some("an order that is not recognised"));
        let (findings, lacking) = brought_up(&gap, &gap);
        assert!(findings.is_empty() && lacking.is_empty(), "{lacking:?}");
        let another = found_with_a_gap(2, Some("an order that is not recognised"));
        let (findings, lacking) = brought_up(&another, &gap);
        assert_eq!((findings.len(), lacking.len()), (1, 0), "the finding is new, the gap is not");
    }

    #[test]
    fn a_gap_that_the_draft_brings_up_is_told() {
        let gap = found_with_a_gap(1, Some("an order that is not recognised"));
        assert_eq!(brought_up(&gap, &found_with_a_gap(1, None)).1.len(), 1);
        let missing = vec![Text::from("weight")];
        let lacking = of_verdict(Verdict::Lacking { missing, explanation: explanation(Some("weight")) });
        assert_eq!(brought_up(&gap, &lacking).1.len(), 1, "another gap than before");
        assert!(brought_up(&lacking, &lacking).1.is_empty());
    }
}
