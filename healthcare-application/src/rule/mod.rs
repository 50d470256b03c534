//! The rules in force, for whoever works with what they say.

mod get_rule;
mod list_rules;

pub use get_rule::get_rule;
pub use list_rules::{RuleSummary, list_rules};

use crate::{
    App,
    access::{Actor, Denied, Permission},
};

/// Rules are read by who writes them, prescribes under them, or answers what they suggest.
fn ensure_reader(app: &App, by: &Actor) -> Result<(), Denied> {
    app.authorise(by, Permission::PrescribeMedication, by.patient)
        .or_else(|_| app.authorise(by, Permission::AnswerSuggestion, by.patient))
        .or_else(|_| app.authorise(by, Permission::ReadRules, by.patient))
        .map(drop)
}
