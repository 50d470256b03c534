//! Metrics by rule, ward and role.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Permission, Permit},
    store::StoreError,
};

/// A rule is looked at again when it is overridden more often than this, in hundredths of the answers.
pub const FLAGGED_ABOVE_PERCENT: u64 = 90;
/// Over how many days that is counted.
pub const FLAGGED_OVER_DAYS: i64 = 30;
/// How many answers it takes at least: two of two are no finding.
pub const FLAGGED_FROM: u64 = 10;
/// A reason is shown when this many gave it alike: what only one wrote may tell of a patient.
pub const ALIKE: u64 = 3;

/// Which firings are counted; all that is given must match.
#[derive(Debug, Clone)]
pub struct MetricsFilter {
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Of this rule.
    pub rule: Option<String>,
    /// Of patients of this ward.
    pub ward: Option<String>,
    /// Told to, or answered by, this role.
    pub role: Option<String>,
}

/// What was told, and what was made of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleFirings)]
pub struct Firings {
    /// How often somebody was to be told: a suggestion was raised, or a finding came before signing.
    pub fired: u64,
    /// Of these, how many were seen by anybody.
    pub shown: u64,
    /// Taken up.
    pub accepted: u64,
    /// Set aside with a reason.
    pub overridden: u64,
    /// How often suggestions were put off.
    pub snoozed: u64,
    /// Taken back, for they no longer held.
    pub withdrawn: u64,
    /// The order was not signed.
    pub not_signed: u64,
    /// Signed on, where the finding did not interrupt.
    pub noted: u64,
    /// Nobody has answered.
    pub open: u64,
    /// From the telling to the answer, in seconds: half of them were faster. Of suggestions.
    pub median_seconds_to_action: Option<i64>,
}

/// A reason that several gave alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OverrideReason)]
pub struct Reason {
    /// The words; absent for all that fewer than three gave alike.
    pub reason: Option<String>,
    /// How often.
    pub times: u64,
}

/// What a rule came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleMetrics {
    /// The rule.
    pub rule: String,
    /// What people call it, where it is in force.
    pub title: Option<String>,
    /// In all.
    pub all: Firings,
    /// By ward; none is where patients are in no ward.
    pub by_ward: Vec<Part>,
    /// By the role of who answered, or else saw it first.
    pub by_role: Vec<Part>,
    /// Why it was set aside.
    pub reasons: Vec<Reason>,
    /// Whether it is to be looked at again: set aside in more than 90 of 100 answers of the last 30 days, of ten or more.
    pub flagged: bool,
}

/// A part of what a rule came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleMetricsPart)]
pub struct Part {
    /// The ward or the role.
    pub name: Option<String>,
    /// What it came to there.
    #[serde(flatten)]
    pub firings: Firings,
}

/// What the rules came to in a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleMetricsReport {
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// A rule each, by name; those that never fired in this time are not among them.
    pub items: Vec<RuleMetrics>,
}

/// Metrics as they are counted.
#[async_trait]
pub trait MetricsModel: Send + Sync {
    /// What the rules came to; `lately` bounds what decides whether one is flagged.
    async fn rule_metrics(
        &self,
        permit: &Permit,
        filter: &MetricsFilter,
        lately: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<RuleMetrics>, StoreError>;
}

impl Firings {
    /// Whether so many overrides of so many answers are more than a rule should see.
    pub fn is_ignored(overridden: u64, answers: u64) -> bool {
        answers >= FLAGGED_FROM && overridden * 100 > answers * FLAGGED_ABOVE_PERCENT
    }
}

/// What the rules came to in a time, by ward and role. Nobody is named, and no patient.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn get_rule_metrics(app: &App, call: &Call, filter: MetricsFilter) -> Result<RuleMetricsReport, QueryError> {
    let permit = app.authorise(call, Permission::ReadRuleMetrics, None).await?;
    let now = app.clock.now();
    let lately = (now - Duration::days(FLAGGED_OVER_DAYS), now);
    let mut items = app.read.rule_metrics(&permit, &filter, lately).await?;
    let rules = app.rules.at(now);
    for item in &mut items {
        item.title = rules.house().document(&item.rule).map(|rule| rule.title.to_string());
    }
    Ok(RuleMetricsReport { from: filter.from, to: filter.to, items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_flagged_above_ninety_of_a_hundred_and_from_ten_answers_on() {
        assert!(!Firings::is_ignored(9, 9));
        assert!(Firings::is_ignored(10, 10));
        assert!(!Firings::is_ignored(9, 10));
        assert!(!Firings::is_ignored(90, 100) && Firings::is_ignored(91, 100));
        assert!(!Firings::is_ignored(0, 0));
    }
}
