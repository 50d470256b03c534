//! Metrics by rule, ward and role.

use async_trait::async_trait;
use chrono::{DateTime, Datelike, Duration, Utc};
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
/// The longest time that is counted at once, in days: a year and the month before it.
pub const LONGEST_DAYS: i64 = 400;
/// How many answers it takes at least: two of two are no finding.
pub const FLAGGED_FROM: u64 = 10;
/// A reason is shown when this many people gave it alike, here or in other systems: what only one or two say may tell of a
/// patient. What other systems answer flags a rule when it is of so many people. The report counts as many
/// (`governance.reason_of_several`).
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

/// A reason that several people gave alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OverrideReason)]
pub struct Reason {
    /// The words; absent for all that fewer than three people gave alike.
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
    /// By how it was told: `suggestion`, `hook` (before signing here) or `cds-hooks` (a card for another system; shown when
    /// it was given, and open until that system says what became of it).
    pub by_way: Vec<Part>,
    /// Why it was set aside.
    pub reasons: Vec<Reason>,
    /// Whether it is to be looked at again: set aside in more than 90 of 100 answers of the last 30 days, of ten or more,
    /// given here or given in other systems. A person's answers to one finding of a patient are one answer; what is only
    /// for information, and what comes from clients that were not asked who they are, does not count.
    pub flagged: bool,
}

/// A part of what a rule came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleMetricsPart)]
pub struct Part {
    /// The ward, the role or the way.
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

/// What is wrong with a time that is to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UncountableTime {
    /// It is empty.
    #[error("it begins before it ends")]
    Empty,
    /// It is too long.
    #[error("at most {LONGEST_DAYS} days are counted at once")]
    TooLong,
    /// It is not of our time, as the database knows it.
    #[error("from the year 1900 to 2199")]
    NotOurs,
}

impl MetricsFilter {
    /// Whether a time can be counted.
    ///
    /// # Errors
    /// When it is empty, too long, or not of our time.
    pub fn countable(from: DateTime<Utc>, to: DateTime<Utc>) -> Result<(), UncountableTime> {
        let ours = |at: DateTime<Utc>| (1900..2200).contains(&at.year());
        match (ours(from) && ours(to), from < to) {
            (_, false) => Err(UncountableTime::Empty),
            (false, true) => Err(UncountableTime::NotOurs),
            (true, true) if to - from > Duration::days(LONGEST_DAYS) => Err(UncountableTime::TooLong),
            (true, true) => Ok(()),
        }
    }
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
    fn a_time_is_counted_when_it_has_a_beginning_and_an_end_of_our_time() {
        let at = |words: &str| words.parse::<DateTime<Utc>>().unwrap();
        let of = |from, to| MetricsFilter::countable(at(from), at(to));
        assert_eq!(of("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z"), Ok(()));
        assert_eq!(of("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), Err(UncountableTime::Empty));
        assert_eq!(of("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"), Err(UncountableTime::Empty));
        assert_eq!(of("2025-01-01T00:00:00Z", "2026-02-05T00:00:00Z"), Ok(()), "400 days");
        assert_eq!(of("2025-01-01T00:00:00Z", "2026-02-05T00:00:01Z"), Err(UncountableTime::TooLong));
        assert_eq!(of("1899-12-31T00:00:00Z", "1900-01-05T00:00:00Z"), Err(UncountableTime::NotOurs));
        assert_eq!(of("2199-12-31T00:00:00Z", "+2200-01-05T00:00:00Z"), Err(UncountableTime::NotOurs));
        assert_eq!(
            MetricsFilter::countable(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC),
            Err(UncountableTime::NotOurs)
        );
    }

    #[test]
    fn a_rule_is_flagged_above_ninety_of_a_hundred_and_from_ten_answers_on() {
        assert!(!Firings::is_ignored(9, 9));
        assert!(Firings::is_ignored(10, 10));
        assert!(!Firings::is_ignored(9, 10));
        assert!(!Firings::is_ignored(90, 100) && Firings::is_ignored(91, 100));
        assert!(!Firings::is_ignored(0, 0));
    }
}
