//! One rule as it is written.

use healthcare_dss::rule::RuleDocument;

use super::ensure_reader;
use crate::{App, QueryError, access::Call};

/// A rule with its evidence, condition, messages and the cases that prove it.
///
/// # Errors
/// When the caller may not, or no rule in force has the name.
pub async fn get_rule(app: &App, call: &Call, id: &str) -> Result<RuleDocument, QueryError> {
    ensure_reader(app, call).await?;
    let rules = app.rules.at(app.clock.now());
    rules.documents().find(|rule| rule.id.as_str() == id).cloned().ok_or(QueryError::NotFound)
}
