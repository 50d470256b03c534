//! What the house keeps of a rule: its versions, what was decided, by whom, when and why.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Deployment, Origin, Put, RuleChange, RuleEvent, RuleScope, Signed, Stage, TestReport, Version};
use crate::{Event as _, id::AccountId, text::Remark};

/// A rule that the house keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its versions.
    pub versions: BTreeMap<u32, Version>,
    /// What was decided on where they are judged, in the order of the decisions.
    pub deployments: Vec<Deployment>,
    /// A change that waits for a second person.
    pub proposal: Option<Proposal>,
    /// All that happened to it.
    pub history: Vec<Step>,
}

/// A change that waits for a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Of which version.
    pub version: u32,
    /// What is to be done.
    pub change: RuleChange,
    /// Who proposed it.
    pub signed: Signed,
}

/// One thing that happened to a version: who, when, why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleStep)]
pub struct Step {
    /// The version.
    pub version: u32,
    /// What happened, as the event is called.
    #[schema(example = "ruleset.activated")]
    pub event: String,
    /// Who did it.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Remark>,
    /// Where it is judged from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<RuleScope>,
    /// From when it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<DateTime<Utc>>,
    /// How the tests went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<TestReport>,
    /// What was proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<RuleChange>,
}

impl Step {
    fn of(event: &RuleEvent, version: u32, signed: &Signed) -> Self {
        let (mut scope, mut effective_at, mut report, mut proposed) = (None, None, None, None);
        match event {
            RuleEvent::RuleShadowed { scope: there, .. } => scope = Some(there.clone()),
            RuleEvent::RuleActivated { scope: there, effective_at: from, .. } => {
                (scope, effective_at) = (Some(there.clone()), Some(*from));
            }
            RuleEvent::RuleTested { report: of, .. } => report = Some(of.clone()),
            RuleEvent::RuleChangeProposed { change, .. } => proposed = Some(change.clone()),
            RuleEvent::ShippedRuleAdopted { .. }
            | RuleEvent::RuleDrafted { .. }
            | RuleEvent::RuleRevised { .. }
            | RuleEvent::RuleRetired { .. } => {}
        }
        let Signed { by, at, reason } = signed.clone();
        Self { version, event: event.kind().into(), by, at, reason, scope, effective_at, report, proposed }
    }
}

impl Kept {
    /// A rule without versions yet.
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.into(), versions: BTreeMap::new(), deployments: vec![], proposal: None, history: vec![] }
    }

    /// The highest version that the house keeps.
    pub fn latest(&self) -> Option<u32> {
        self.versions.keys().next_back().copied()
    }

    /// Takes in what happened.
    pub(super) fn take(&mut self, event: &RuleEvent) {
        let (version, signed) = match event {
            RuleEvent::ShippedRuleAdopted { version, document, signed, .. } => {
                self.begin(*version, document, (Origin::Shipped, Stage::Active), None);
                (version, signed)
            }
            RuleEvent::RuleDrafted { version, document, signed, .. } => {
                self.begin(*version, document, (Origin::House, Stage::Draft), Some(signed.by));
                (version, signed)
            }
            RuleEvent::RuleRevised { version, document, signed } => {
                if let Some(draft) = self.versions.get_mut(version) {
                    draft.document = (**document).clone();
                    draft.authors.insert(signed.by);
                    draft.tested = None;
                }
                (version, signed)
            }
            RuleEvent::RuleTested { version, report, signed } => {
                if let Some(draft) = self.versions.get_mut(version) {
                    draft.tested = Some(report.clone());
                    draft.stage = if report.passed() { Stage::Tested } else { Stage::Draft };
                }
                (version, signed)
            }
            RuleEvent::RuleChangeProposed { version, change, signed } => {
                self.proposal = Some(Proposal { version: *version, change: change.clone(), signed: signed.clone() });
                (version, signed)
            }
            RuleEvent::RuleShadowed { version, scope, signed } => {
                let stage = |stage| if stage == Stage::Active { stage } else { Stage::Shadow };
                self.put(*version, signed.at, Put::InShadow(scope.clone()), stage);
                (version, signed)
            }
            RuleEvent::RuleActivated { version, scope, effective_at, signed } => {
                self.put(*version, *effective_at, Put::IntoForce(scope.clone()), |_| Stage::Active);
                (version, signed)
            }
            RuleEvent::RuleRetired { version, shipped, signed } => {
                // What was to come of it does not.
                self.deployments.retain(|one| one.version != *version || one.from <= signed.at);
                let stage = |stage: Stage| Stage::Retired { proven: stage.is_proven() };
                self.put(*version, signed.at, Put::Out { shipped: *shipped }, stage);
                (version, signed)
            }
        };
        self.history.push(Step::of(event, *version, signed));
    }

    fn begin(&mut self, number: u32, document: &Value, (origin, stage): (Origin, Stage), by: Option<AccountId>) {
        let authors: BTreeSet<AccountId> = by.into_iter().collect();
        self.versions.insert(number, Version { document: document.clone(), origin, authors, stage, tested: None });
    }

    fn put(&mut self, number: u32, from: DateTime<Utc>, put: Put, stage: impl Fn(Stage) -> Stage) {
        if let Some(version) = self.versions.get_mut(&number) {
            version.stage = stage(version.stage);
        }
        self.deployments.push(Deployment { version: number, from, put });
        self.proposal = None;
    }
}
