//! What a rule document looks like.

use super::ensure_reader;
use crate::{App, QueryError, access::Call};

/// The JSON Schema of a rule document.
///
/// # Errors
/// When the caller may not.
pub async fn get_rule_schema(app: &App, call: &Call) -> Result<serde_json::Value, QueryError> {
    ensure_reader(app, call).await?;
    Ok(healthcare_dss::rule::schema())
}
