//! Rules as data: the JSON document, its compiled form, and the judging of facts.

mod bind;
mod case;
mod check;
mod compile;
mod condition;
mod document;
mod error;
mod judge;
mod template;

pub use case::{Case, CaseFailure, Expected, Given, GivenObservation, GivenScore};
pub(crate) use compile::CompiledRule;
pub use document::{
    ConditionDocument, Range, RuleDocument, Scope, SuggestionDocument, TableKind, Take, Then, WhenMissing,
};
pub use error::RuleError;
pub(crate) use error::read_json;
