//! The rules in force, for whoever works with what they say.

mod get_rule;
mod list_rules;

pub use get_rule::get_rule;
pub use list_rules::{RuleSummary, list_rules};

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
