//! All rules: in force, in the shadow, being written, retired.

use std::{cmp::Ordering, sync::Arc};

use chrono::{DateTime, Utc};
use healthcare_domain::rule::{Origin, Standing};
use healthcare_dss::{Evidence, Severity, Text, rule::RuleDocument};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Broken, ensure_reader, refresh, seen::Seen};
use crate::{App, QueryError, access::Call};

/// A rule at a glance, in the version that counts: in force, else in the shadow, else the latest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleSummary {
    /// Its name.
    pub id: Text,
    /// The version.
    pub version: u32,
    /// Where the version stands.
    pub state: Standing,
    /// Whence it is.
    pub origin: Origin,
    /// What people call it.
    pub title: Text,
    /// Why it exists.
    pub purpose: Text,
    /// What it stands on, and whether the source was read when the rule was written.
    pub evidence: Vec<Evidence>,
    /// Who answers for it.
    pub owner: Text,
    /// How much its findings interrupt; rows of tables have their own.
    pub severity: Severity,
    /// On what it is judged.
    pub triggers: Vec<Text>,
    /// When something was last decided on the rule; never for what is as it shipped.
    pub changed_at: Option<DateTime<Utc>>,
    /// Why it cannot be judged although it should.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Broken>,
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum RuleSort {
    /// By name.
    #[default]
    #[serde(rename = "id")]
    Id,
    /// By name, the last first.
    #[serde(rename = "-id")]
    IdDesc,
    /// By title.
    #[serde(rename = "title")]
    Title,
    /// The gravest first.
    #[serde(rename = "severity")]
    Severity,
    /// What was decided on last first.
    #[serde(rename = "-changed")]
    ChangedDesc,
}

/// Which rules; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct RuleFilter {
    /// With a version that stands there; then that version is shown.
    pub state: Option<Standing>,
    /// Of this owner.
    pub owner: Option<String>,
    /// Of this severity.
    pub severity: Option<Severity>,
    /// That listen to this.
    pub trigger: Option<String>,
    /// Only those that should be judged and cannot be, or only the others.
    pub broken: Option<bool>,
    /// In which order.
    pub sort: RuleSort,
}

/// A page of rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RulePage)]
pub struct RulePage {
    /// The rules, in the list's order.
    pub items: Vec<RuleSummary>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// The rules of the house and those that ship.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_rules(
    app: &App,
    call: &Call,
    filter: &RuleFilter,
    (after, limit): (Option<&str>, u16),
) -> Result<RulePage, QueryError> {
    ensure_reader(app, call).await?;
    let (course, now) = (refresh(app).await?, app.clock.now());
    let seen = Seen::new(app.rules.library(), &course, now);
    let mut found: Vec<(String, RuleSummary)> = seen
        .names()
        .filter_map(|name| summary(&seen, name, filter))
        .map(|summary| (place(&summary, filter.sort), summary))
        .collect();
    let order = |a: &str, b: &str| match filter.sort {
        RuleSort::IdDesc => b.cmp(a),
        RuleSort::Id | RuleSort::Title | RuleSort::Severity | RuleSort::ChangedDesc => a.cmp(b),
    };
    found.sort_by(|(a, _), (b, _)| order(a, b));
    let mut rest =
        found.into_iter().skip_while(|(place, _)| after.is_some_and(|after| order(place, after) != Ordering::Greater));
    let page: Vec<(String, RuleSummary)> = rest.by_ref().take(usize::from(limit)).collect();
    let next_cursor = rest.next().and_then(|_| page.last().map(|(place, _)| place.clone()));
    Ok(RulePage { items: page.into_iter().map(|(_, summary)| summary).collect(), next_cursor })
}

fn summary(seen: &Seen<'_>, name: &str, filter: &RuleFilter) -> Option<RuleSummary> {
    let number = seen.leading(name, filter.state)?;
    let document: Option<Arc<RuleDocument>> = seen.document(name, number);
    let broken = seen.broken(name).cloned();
    let changed_at = seen.kept(name).and_then(|kept| kept.history.last()).map(|step| step.at);
    let (state, origin) = seen.standing(name, number)?;
    let summary = match document {
        Some(rule) => RuleSummary {
            id: rule.id.clone(),
            version: number,
            state,
            origin,
            title: rule.title.clone(),
            purpose: rule.purpose.clone(),
            evidence: rule.evidence.clone(),
            owner: rule.owner.clone(),
            severity: rule.severity,
            triggers: rule.triggers.clone(),
            changed_at,
            broken,
        },
        // What cannot be read is listed all the same: it is to be seen that it is missing.
        None => RuleSummary {
            id: name.into(),
            version: number,
            state,
            origin,
            title: name.into(),
            purpose: "".into(),
            evidence: vec![],
            owner: "".into(),
            severity: Severity::Critical,
            triggers: vec![],
            changed_at,
            broken,
        },
    };
    let matches = filter.owner.as_deref().is_none_or(|owner| &*summary.owner == owner)
        && filter.severity.is_none_or(|severity| summary.severity == severity)
        && filter.trigger.as_deref().is_none_or(|trigger| summary.triggers.iter().any(|one| &**one == trigger))
        && filter.broken.is_none_or(|broken| summary.broken.is_some() == broken);
    matches.then_some(summary)
}

/// What a list sorts by, with the name so that no two are alike.
fn place(summary: &RuleSummary, sort: RuleSort) -> String {
    let by = match sort {
        RuleSort::Id | RuleSort::IdDesc => String::new(),
        RuleSort::Title => summary.title.to_lowercase(),
        RuleSort::Severity => (summary.severity as u8).to_string(),
        RuleSort::ChangedDesc => {
            let at = summary.changed_at.map_or(0, |at| at.timestamp_micros());
            format!("{:020}", i64::MAX - at)
        }
    };
    format!("{by}\u{1f}{}", summary.id)
}
