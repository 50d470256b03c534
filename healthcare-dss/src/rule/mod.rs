//! Rules as data: the JSON document, its compiled form, and the judging of facts.

#[cfg(test)]
pub(crate) mod arbitrary;
mod bind;
mod case;
mod check;
mod compile;
mod condition;
mod contain;
mod document;
mod error;
mod gate;
mod judge;
#[cfg(test)]
mod law_test;
mod nearest;
mod schema;
mod shared;
mod template;
mod worse;

pub use case::{Case, CaseFailure, Expected, Given, GivenObservation, GivenScore};
pub(crate) use compile::{CompiledRule, Reading};
pub(crate) use contain::Exhausted;
pub use contain::{BUDGET, RULE_SYSTEM, RULE_UNAVAILABLE};
pub use document::{
    AtAge, ConditionDocument, Direction, DrugForm, Range, RuleDocument, Scope, SuggestionDocument, TableKind, Take,
    Then, WhenMissing, Worse,
};
pub use error::RuleError;
pub(crate) use error::read_json;
pub(crate) use gate::{FactKey, Gate, Key, Threshold};
pub(crate) use nearest::unknown;
pub use schema::{SCHEMA_ID, schema};
pub(crate) use shared::Shared;
