//! What a rule found.

use healthcare_domain::code::Coding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::evidence::Evidence;
use crate::explanation::{Explanation, Tree};
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
    /// Stable: the same rule, version, subjects and step of getting worse give the same id.
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
    #[schema(value_type = Explanation)]
    pub explanation: Tree,
    /// What tells it from other findings of the rule; known while it is fresh, not kept.
    #[serde(skip)]
    pub aspect: Option<Aspect>,
}

/// What tells findings of one rule about the same things apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspect {
    /// The row of a table; empty for the rule itself.
    pub(crate) kind: Text,
    /// How many of the rule's steps of getting worse are reached.
    pub(crate) step: u8,
    /// How many steps the rule has.
    pub(crate) steps: u8,
}

impl Aspect {
    /// The stable id of the finding under a version.
    #[must_use]
    pub(crate) fn id(&self, rule: &str, version: u32, subjects: &[Coding]) -> Uuid {
        match self.step {
            0 => finding_id(rule, version, &self.kind, subjects),
            step => finding_id(rule, version, &format!("{}\u{1f}worse {step}", self.kind), subjects),
        }
    }
}

impl Finding {
    /// The ids by which it may have been told and answered: its own first, then those of the same finding when it was
    /// worse, and the same of other versions of the rule that [fire alike](crate::rule::RuleDocument::fires_like). What was
    /// answered under any of them is answered. Of a finding that was read from where it is kept, its own alone.
    #[must_use]
    pub fn known_as(&self, versions: &[u32]) -> Vec<Uuid> {
        let mut ids = vec![self.id];
        let Some(Aspect { kind, step, steps }) = &self.aspect else { return ids };
        for version in std::iter::once(self.version).chain(versions.iter().copied()) {
            for step in *step..=*steps {
                let aspect = Aspect { kind: kind.clone(), step, steps: *steps };
                let id = aspect.id(&self.rule, version, &self.subjects);
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids
    }

    /// Whether it is of the row of a table, which says how grave it is; otherwise the rule does. Of a finding that was read
    /// from where it is kept it is not known.
    #[must_use]
    pub fn is_of_a_row(&self) -> bool {
        self.aspect.as_ref().is_some_and(|aspect| !aspect.kind.is_empty())
    }
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
