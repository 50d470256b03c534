//! What can happen to a rule.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{RuleScope, TestReport};
use crate::{Event, id::AccountId, text::Remark};

/// Who decided something, when, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    /// The account.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, in their words; a run of tests needs no reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Remark>,
}

/// A change that needs two people, for a version that nobody of the house wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleChange {
    /// To judge it in the shadow.
    Shadow {
        /// Where.
        scope: RuleScope,
    },
    /// To put it into force.
    Activate {
        /// Where.
        scope: RuleScope,
        /// From when; at once if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_at: Option<DateTime<Utc>>,
    },
    /// To take it out.
    Retire,
}

/// What can happen to a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum RuleEvent {
    /// The house took over, as a version of its own keeping, what had shipped: it is about to decide on it.
    ShippedRuleAdopted {
        /// The rule.
        name: String,
        /// Its version.
        version: u32,
        /// The document.
        document: Box<Value>,
        /// Who brought it about.
        signed: Signed,
    },
    /// A version was begun.
    RuleDrafted {
        /// The rule.
        name: String,
        /// Its version.
        version: u32,
        /// The document.
        document: Box<Value>,
        /// Who began it.
        signed: Signed,
    },
    /// A draft says something else from now on.
    RuleRevised {
        /// Which.
        version: u32,
        /// The document.
        document: Box<Value>,
        /// Who revised it.
        signed: Signed,
    },
    /// The tests of a draft were run.
    RuleTested {
        /// Which.
        version: u32,
        /// How they went.
        report: TestReport,
        /// Who had them run.
        signed: Signed,
    },
    /// A change of a version that nobody of the house wrote was proposed: it waits for a second person.
    RuleChangeProposed {
        /// Of which.
        version: u32,
        /// What is to be done.
        change: RuleChange,
        /// Who proposed it.
        signed: Signed,
    },
    /// A version is judged in the shadow from now on.
    RuleShadowed {
        /// Which.
        version: u32,
        /// Where.
        scope: RuleScope,
        /// Who approved it.
        signed: Signed,
    },
    /// A version comes into force.
    RuleActivated {
        /// Which.
        version: u32,
        /// Where.
        scope: RuleScope,
        /// From when.
        effective_at: DateTime<Utc>,
        /// Who approved it.
        signed: Signed,
    },
    /// A version was taken out, wherever it was in force or in the shadow.
    RuleRetired {
        /// Which.
        version: u32,
        /// Whether it was what shipped with the program that ran, so that nothing of the rule ships any more.
        shipped: bool,
        /// Who approved it.
        signed: Signed,
    },
}

impl Event for RuleEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ShippedRuleAdopted { .. } => "ruleset.adopted",
            Self::RuleDrafted { .. } => "ruleset.drafted",
            Self::RuleRevised { .. } => "ruleset.revised",
            Self::RuleTested { .. } => "ruleset.tested",
            Self::RuleChangeProposed { .. } => "ruleset.proposed",
            Self::RuleShadowed { .. } => "ruleset.shadowed",
            Self::RuleActivated { .. } => "ruleset.activated",
            Self::RuleRetired { .. } => "ruleset.retired",
        }
    }

    fn fhir_type(&self) -> &'static str {
        "PlanDefinition"
    }
}
