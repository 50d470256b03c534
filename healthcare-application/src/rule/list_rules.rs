//! All rules in force.

use healthcare_dss::{Severity, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::ensure_reader;
use crate::{App, QueryError, access::Call};

/// A rule at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSummary {
    /// Its name.
    pub id: Text,
    /// Its version.
    pub version: u32,
    /// What people call it.
    pub title: Text,
    /// Why it exists.
    pub purpose: Text,
    /// How much its findings interrupt; rows of tables have their own.
    pub severity: Severity,
    /// On what it is judged.
    pub triggers: Vec<Text>,
}

/// The rules in force, by name.
///
/// # Errors
/// When the caller may not.
pub async fn list_rules(app: &App, call: &Call) -> Result<Vec<RuleSummary>, QueryError> {
    ensure_reader(app, call).await?;
    let summary = |rule: &healthcare_dss::rule::RuleDocument| RuleSummary {
        id: rule.id.clone(),
        version: rule.version,
        title: rule.title.clone(),
        purpose: rule.purpose.clone(),
        severity: rule.severity,
        triggers: rule.triggers.clone(),
    };
    Ok(app.rules.at(app.clock.now()).documents().map(summary).collect())
}
