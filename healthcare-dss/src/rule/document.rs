//! The rule as its authors write it.

mod condition;
mod range;
mod then;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Case;
pub use crate::dose::DrugForm;
use crate::evidence::Evidence;
use crate::finding::Severity;
use crate::text::Text;
pub use condition::{AtAge, ConditionDocument, Direction, Scope, TableKind, Take};
pub use range::Range;
pub use then::{SuggestionDocument, Then, Worse};

/// A versioned rule: when it looks, what it looks at, what it then says, and the cases that prove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDocument {
    /// Stable name in kebab case.
    #[schema(value_type = String, pattern = "^[a-z0-9-]+$")]
    pub id: Text,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: u32,
    /// What people call it.
    pub title: Text,
    /// Why it exists.
    pub purpose: Text,
    /// What it stands on. Rows of tables bring their own.
    #[schema(min_items = 1, max_items = 256)]
    pub evidence: Vec<Evidence>,
    /// Who answers for it.
    pub owner: Text,
    /// How much its findings interrupt. Rows of tables have their own.
    pub severity: Severity,
    /// CloudEvents types and hooks on which it is judged.
    #[schema(min_items = 1, max_items = 256)]
    pub triggers: Vec<Text>,
    /// The condition.
    pub when: ConditionDocument,
    /// What missing data means for it.
    #[serde(default)]
    pub when_missing: WhenMissing,
    /// What it says.
    pub then: Then,
    /// Cases that must hold before it may be active.
    #[schema(min_items = 1, max_items = 500)]
    pub tests: Vec<Case>,
}

/// What a rule does when its condition cannot be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenMissing {
    /// It is judged as lacking data, which is kept and shown in the justification.
    #[default]
    Report,
    /// It does not fire.
    Ignore,
    /// It fires: missing data is itself worth a finding.
    Fire,
}

impl RuleDocument {
    /// Whether it speaks of the same patients as another version, as loudly, and proposes the same: the two differ in
    /// words alone, or in when they look, in evidence, owner or tests. What was answered to the one is answered to the
    /// other, unless a row of a table is graver now: how grave that is, no document says.
    #[must_use]
    pub fn fires_like(&self, other: &Self) -> bool {
        self.id == other.id
            && self.severity == other.severity
            && self.when == other.when
            && self.when_missing == other.when_missing
            && self.then.suggestions == other.then.suggestions
            && self.then.worse == other.then.worse
    }
}
