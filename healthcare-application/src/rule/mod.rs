//! The rules of decision support: kept through their life, in force by ward and moment, looked at.

mod course;
mod get_rule;
mod get_rule_schema;
mod in_force;
mod list_rules;
mod model;
mod rules;

pub use course::{Broken, Course, StoredRule};
pub use get_rule::get_rule;
pub use get_rule_schema::get_rule_schema;
pub use in_force::InForce;
pub use list_rules::{RuleSummary, list_rules};
pub use model::{RuleModel, ShadowCounts, ShadowOnWard, ShadowQuery};
pub use rules::{Library, Rules, ShippedRule, refresh};

use crate::{
    App,
    access::{Call, Permission, Unauthorised},
};

/// Rules are read by who writes them, prescribes under them, or answers what they suggest.
async fn ensure_reader(app: &App, call: &Call) -> Result<(), Unauthorised> {
    let any = [Permission::PrescribeMedication, Permission::AnswerSuggestion];
    let permission = any.into_iter().find(|one| call.actor.role.may(*one)).unwrap_or(Permission::ReadRules);
    app.authorise(call, permission, call.actor.patient).await.map(drop)
}
