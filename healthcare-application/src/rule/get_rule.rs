//! One rule as it is written.

use healthcare_dss::rule::RuleDocument;

use super::ensure_reader;
use crate::{App, QueryError, access::Actor};

/// A rule with its evidence, condition, messages and the cases that prove it.
///
/// # Errors
/// When the caller may not, or no rule in force has the name.
pub fn get_rule(app: &App, by: &Actor, id: &str) -> Result<RuleDocument, QueryError> {
    ensure_reader(app, by)?;
    app.rules.documents().find(|rule| rule.id.as_str() == id).cloned().ok_or(QueryError::NotFound)
}
