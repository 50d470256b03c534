//! Values that are there and could not be read.

use healthcare_dss::{Evaluation, Explanation, Judgement, Severity, Verdict};

use crate::rule::InForce;

/// The critical rules that had a value before them and could not hold it against their limits, for its unit or for a bound
/// that settles nothing. Their silence is not told apart from "all is well" otherwise; that of milder ones would be noise.
pub(crate) fn unread<'a>(
    rules: &'a InForce,
    evaluation: &'a Evaluation,
) -> impl Iterator<Item = (&'a Judgement, &'a Explanation)> {
    let is_critical =
        move |rule: &str| rules.documents().any(|one| *one.id == *rule && one.severity == Severity::Critical);
    evaluation.judgements.iter().filter_map(move |judgement| match &judgement.verdict {
        Verdict::Lacking { explanation, .. }
            if !explanation.unreadable().is_empty() && is_critical(&judgement.rule) =>
        {
            Some((judgement, &**explanation))
        }
        Verdict::Lacking { .. } | Verdict::Fired { .. } | Verdict::NotFired { .. } | Verdict::Unavailable { .. } => {
            None
        }
    })
}
