//! What a rule found.

use healthcare_domain::code::Coding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::evidence::Evidence;
use crate::explanation::Explanation;
use crate::proposal::Proposal;
use crate::text::Text;

/// The longest summary, in characters: CDS Hooks cards are cut beyond it.
pub const SUMMARY_LENGTH: usize = 139;

/// How much a finding interrupts. Ordered: the most severe is the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = FindingSeverity)]
pub enum Severity {
    /// Interrupts: signing needs a reason.
    Critical,
    /// Shown, does not interrupt.
    Warning,
    /// For information.
    Info,
}

/// One thing to tell the clinician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Stable: the same rule, version and subjects give the same id.
    pub id: Uuid,
    /// The rule.
    pub rule: Text,
    /// Its version.
    pub version: u32,
    /// How much it interrupts.
    pub severity: Severity,
    /// Under 140 characters.
    pub summary: Text,
    /// The whole message.
    pub detail: Text,
    /// What it is about: drugs, conditions, measurements.
    pub subjects: Vec<Coding>,
    /// What it stands on.
    pub evidence: Vec<Evidence>,
    /// Reasons a clinician may choose from when going on regardless.
    pub override_reasons: Vec<Text>,
    /// Drafted actions.
    pub suggestions: Vec<Proposal>,
    /// Hours within which the same finding is not to be shown again after it was dealt with.
    pub suppress_for_hours: Option<u32>,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Every condition with its values; the same tree for all findings of one judgement.
    pub explanation: Explanation,
}

/// A page to read on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FindingLink)]
pub struct Link {
    /// What it is called.
    pub label: Text,
    /// Where it is: https only.
    pub url: Text,
}

/// The namespace of finding ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0d_5e0c_9a51_4f0e_8a35_7a4f_6c1d_2b90);

/// The stable id of a finding; the order of subjects does not matter.
#[must_use]
pub(crate) fn finding_id(rule: &str, version: u32, kind: &str, subjects: &[Coding]) -> Uuid {
    let mut keys: Vec<(&str, &str)> = subjects.iter().map(|subject| (&*subject.system, &*subject.code)).collect();
    keys.sort_unstable();
    let mut name = format!("{rule}\u{1f}{version}\u{1f}{kind}");
    for (system, code) in keys {
        name.push('\u{1e}');
        name.push_str(system);
        name.push('\u{1f}');
        name.push_str(code);
    }
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// Words cut to what a card can show.
#[must_use]
pub fn short_summary(words: &str) -> Text {
    summary(words)
}

/// Cuts a summary to what a card can show.
#[must_use]
pub(crate) fn summary(words: &str) -> Text {
    if words.chars().count() <= SUMMARY_LENGTH {
        return words.into();
    }
    let mut cut: String = words.chars().take(SUMMARY_LENGTH - 1).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coding(code: &str) -> Coding {
        Coding { system: "s".into(), code: code.into(), display: None }
    }

    #[test]
    fn given_the_same_subjects_in_another_order_when_identified_then_the_id_is_the_same() {
        let one = finding_id("r", 1, "", &[coding("a"), coding("b")]);
        assert_eq!(one, finding_id("r", 1, "", &[coding("b"), coding("a")]));
        assert_ne!(one, finding_id("r", 2, "", &[coding("a"), coding("b")]));
        assert_ne!(one, finding_id("r", 1, "", &[coding("ab")]));
    }

    #[test]
    fn given_a_long_summary_when_cut_then_it_is_under_140_characters_and_shows_that_it_was_cut() {
        let cut = summary(&"é".repeat(300));
        assert_eq!(cut.chars().count(), 139);
        assert!(cut.ends_with('…'));
        assert_eq!(&*summary("short"), "short");
    }
}
