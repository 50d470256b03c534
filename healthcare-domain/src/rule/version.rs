//! One version of a rule: what it says, who wrote it, how its tests went.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::id::AccountId;

/// A version of a rule. Its document changes only while it is a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The rule document, as its JSON Schema describes it.
    pub document: Value,
    /// Whence it is.
    pub origin: Origin,
    /// Who drafted and revised it; nobody of the house for what shipped.
    pub authors: BTreeSet<AccountId>,
    /// How far it has come.
    pub stage: Stage,
    /// How its tests went, the last time.
    pub tested: Option<TestReport>,
}

/// Whence a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleOrigin)]
pub enum Origin {
    /// It came with the program.
    Shipped,
    /// The house wrote it.
    House,
}

/// How far a version has come. Where it is judged, and from when, is told by the deployments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It can be changed.
    Draft,
    /// It passed its tests, and is fixed since.
    Tested,
    /// It was put in the shadow.
    Shadow,
    /// It was put into force, now or for a later moment.
    Active,
    /// It was taken out by decision.
    Retired {
        /// Whether it had been in the shadow or in force: then it can be rolled back to.
        proven: bool,
    },
}

impl Stage {
    /// Whether it has been in the shadow or in force, or shipped.
    pub const fn is_proven(self) -> bool {
        match self {
            Self::Shadow | Self::Active | Self::Retired { proven: true } => true,
            Self::Draft | Self::Tested | Self::Retired { proven: false } => false,
        }
    }
}

/// Where a version stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleState)]
pub enum Standing {
    /// It is being written.
    Draft,
    /// It passed its tests.
    Tested,
    /// It is judged, shown to nobody, and counted.
    Shadow,
    /// It is in force somewhere.
    Active,
    /// It was replaced, or taken out.
    Retired,
}

impl Standing {
    /// The name it is listed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Tested => "tested",
            Self::Shadow => "shadow",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

/// How the tests within a rule went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleTestReport)]
pub struct TestReport {
    /// Each case.
    pub cases: Vec<CaseResult>,
    /// How many cases show that it fires.
    pub fired: usize,
    /// How many cases show that it does not.
    pub not_fired: usize,
}

/// How one case went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleCaseResult)]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// Whether what came is what was expected.
    pub passed: bool,
    /// What came instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<String>,
}

impl TestReport {
    /// Whether every case went as expected.
    pub fn passed(&self) -> bool {
        !self.cases.is_empty() && self.cases.iter().all(|case| case.passed)
    }

    /// Whether the cases show both a firing and a silence.
    pub const fn covers(&self) -> bool {
        self.fired > 0 && self.not_fired > 0
    }
}
