//! The rules of decision support: kept through their life, in force by ward and moment, looked at.

mod course;
mod decide;
mod deploy_rule;
mod diff_rule;
mod draft_rule;
mod get_rule;
mod get_rule_schema;
mod get_shadow;
mod in_force;
mod list_rules;
mod model;
mod prove;
mod rules;
mod seen;
mod try_rule;

pub use course::{Broken, Course, StoredRule};
pub use decide::Decided;
pub use deploy_rule::{activate_rule, retire_rule, shadow_rule};
pub use diff_rule::{Difference, RuleDiff, diff_rule};
pub use draft_rule::{draft_rule, revise_rule, test_rule};
pub use get_rule::{
    InForceOn, ProposedChange, RuleView, VersionHistory, VersionLine, VersionView, VersionWhere, get_rule, get_version,
    list_versions,
};
pub use get_rule_schema::get_rule_schema;
pub use get_shadow::{ShadowReport, ShadowSampled, get_shadow};
pub use in_force::InForce;
pub use list_rules::{RuleFilter, RulePage, RuleSort, RuleSummary, list_rules};
pub use model::{RuleModel, ShadowCounts, ShadowOnWard, ShadowQuery};
pub use prove::RuleRefused;
pub use rules::{Library, Rules, ShippedRule, refresh};
pub use try_rule::{Tried, try_rule};

use crate::{
    App,
    access::{Call, Permission, Unauthorised},
};

/// Rules are read by who writes and approves them, prescribes under them, or answers what they suggest.
async fn ensure_reader(app: &App, call: &Call) -> Result<(), Unauthorised> {
    let any = [Permission::ReadRules, Permission::PrescribeMedication];
    let permission = any.into_iter().find(|one| call.actor.role.may(*one)).unwrap_or(Permission::AnswerSuggestion);
    app.authorise(call, permission, call.actor.patient).await.map(drop)
}
