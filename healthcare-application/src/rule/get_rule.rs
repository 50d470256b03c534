//! One rule: as it is written, where its versions stand, and what happened to them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{AccountId, WardId},
    rule::{Holder, Origin, Put, RuleChange, RuleScope, Standing, Step, TestReport},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Broken, ensure_reader, refresh, seen::Seen};
use crate::{App, QueryError, access::Call};

/// A rule: the document of the version that counts, and where its versions stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleView {
    /// The version of the rule's stream, as in `ETag`; 0 while nothing was decided on what ships.
    #[serde(skip)]
    pub stream_version: i32,
    /// The document: evidence, condition, messages and the cases that prove it.
    #[serde(flatten)]
    #[schema(value_type = healthcare_dss::rule::RuleDocument)]
    pub document: Value,
    /// Where that version stands.
    pub state: Standing,
    /// Whence it is.
    pub origin: Origin,
    /// Which version is in force where.
    pub in_force: Vec<InForceOn>,
    /// Which versions are in the shadow, and where.
    pub in_shadow: Vec<VersionWhere>,
    /// What comes into force later.
    pub planned: Vec<VersionWhere>,
    /// A change that waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposedChange>,
    /// Its versions.
    pub versions: Vec<VersionLine>,
    /// Why it cannot be judged although it should.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Broken>,
}

/// What is in force on a ward, or in the house but for the wards that are named.
#[derive(Debug, Serialize, ToSchema)]
pub struct InForceOn {
    /// The ward; none for the rest of the house.
    pub ward: Option<WardId>,
    /// The version; none where the rule is not judged.
    pub version: Option<u32>,
}

/// A version, and where it is judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionWhere {
    /// The version.
    pub version: u32,
    /// Where.
    pub scope: RuleScope,
    /// From when, where that is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<DateTime<Utc>>,
}

/// A change that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedChange {
    /// Of which version.
    pub version: u32,
    /// What is to be done.
    pub change: RuleChange,
    /// Who proposed it.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A version at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionLine {
    /// The version.
    pub version: u32,
    /// Where it stands.
    pub state: Standing,
    /// Whence it is.
    pub origin: Origin,
    /// Who wrote it.
    pub authors: BTreeSet<AccountId>,
}

/// A version with its document.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// The version of the rule's stream, as in `ETag`.
    #[serde(skip)]
    pub stream_version: i32,
    /// The rule.
    pub rule: String,
    /// The version and where it stands.
    #[serde(flatten)]
    pub line: VersionLine,
    /// How its tests went, the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tested: Option<TestReport>,
    /// The document.
    #[schema(value_type = healthcare_dss::rule::RuleDocument)]
    pub document: Value,
}

/// A version with all that happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionHistory {
    /// The version and where it stands.
    #[serde(flatten)]
    pub line: VersionLine,
    /// Who did what, when and why, the first first; nothing while it only ships.
    pub steps: Vec<Step>,
}

/// A rule in the version that counts.
///
/// # Errors
/// When the caller may not, there is no such rule, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(rule = name))]
pub async fn get_rule(app: &App, call: &Call, name: &str) -> Result<RuleView, QueryError> {
    ensure_reader(app, call).await?;
    let (course, now) = (refresh(app).await?, app.clock.now());
    let seen = Seen::new(app.rules.library(), &course, now);
    let version = seen.leading(name, None).ok_or(QueryError::NotFound)?;
    let (state, origin) = seen.standing(name, version).ok_or(QueryError::NotFound)?;
    let placement = seen.placement(name);
    let number = |holder| match holder {
        Holder::Shipped => seen.shipped(name),
        Holder::Version(version) => Some(version),
        Holder::Nobody => None,
    };
    let wards = placement.wards.iter().map(|(ward, holder)| (Some(*ward), *holder));
    let in_force = std::iter::once((None, placement.house)).chain(wards);
    let kept = seen.kept(name);
    let planned = kept.into_iter().flat_map(|kept| &kept.deployments).filter_map(|one| match &one.put {
        Put::IntoForce(scope) if one.from > now => {
            Some(VersionWhere { version: one.version, scope: scope.clone(), effective_at: Some(one.from) })
        }
        Put::IntoForce(_) | Put::InShadow(_) | Put::Out { .. } => None,
    });
    let proposal = kept.and_then(|kept| kept.proposal.as_ref()).map(|one| ProposedChange {
        version: one.version,
        change: one.change.clone(),
        by: one.signed.by,
        at: one.signed.at,
    });
    let in_shadow = placement.shadows.iter();
    let in_shadow =
        in_shadow.map(|(version, scope)| VersionWhere { version: *version, scope: scope.clone(), effective_at: None });
    let unreadable = || serde_json::json!({ "id": name, "version": version });
    Ok(RuleView {
        stream_version: seen.stream_version(name),
        document: seen.text(name, version).cloned().unwrap_or_else(unreadable),
        state,
        origin,
        in_force: in_force.map(|(ward, holder)| InForceOn { ward, version: number(holder) }).collect(),
        in_shadow: in_shadow.collect(),
        planned: planned.collect(),
        proposal,
        versions: seen.versions(name).into_iter().filter_map(|one| line(&seen, name, one)).collect(),
        broken: seen.broken(name).cloned(),
    })
}

/// A version with its document.
///
/// # Errors
/// When the caller may not, there is no such version, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(rule = name, rule.version = version))]
pub async fn get_version(app: &App, call: &Call, (name, version): (&str, u32)) -> Result<VersionView, QueryError> {
    ensure_reader(app, call).await?;
    let course = refresh(app).await?;
    let seen = Seen::new(app.rules.library(), &course, app.clock.now());
    let line = line(&seen, name, version).ok_or(QueryError::NotFound)?;
    let document = seen.text(name, version).cloned().ok_or(QueryError::NotFound)?;
    let tested = seen.kept(name).and_then(|kept| kept.versions.get(&version)?.tested.clone());
    Ok(VersionView { stream_version: seen.stream_version(name), rule: name.to_owned(), line, tested, document })
}

/// The versions of a rule, the latest first, each with who did what, when and why.
///
/// # Errors
/// When the caller may not, there is no such rule, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(rule = name))]
pub async fn list_versions(app: &App, call: &Call, name: &str) -> Result<Vec<VersionHistory>, QueryError> {
    ensure_reader(app, call).await?;
    let course = refresh(app).await?;
    let seen = Seen::new(app.rules.library(), &course, app.clock.now());
    let steps = |version| {
        let all = seen.kept(name).into_iter().flat_map(|kept| kept.history.iter());
        all.filter(|step| step.version == version).cloned().collect()
    };
    let versions: Vec<VersionHistory> = seen
        .versions(name)
        .into_iter()
        .rev()
        .filter_map(|version| Some(VersionHistory { line: line(&seen, name, version)?, steps: steps(version) }))
        .collect();
    if versions.is_empty() { Err(QueryError::NotFound) } else { Ok(versions) }
}

fn line(seen: &Seen<'_>, name: &str, version: u32) -> Option<VersionLine> {
    let (state, origin) = seen.standing(name, version)?;
    let authors = seen.kept(name).and_then(|kept| kept.versions.get(&version)).map(|of| of.authors.clone());
    Some(VersionLine { version, state, origin, authors: authors.unwrap_or_default() })
}
