//! What a version in the shadow would have said: counted for who decides on it, with samples for who may read the
//! patients.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{PatientId, WardId},
    rule::{Kept, Put, RuleScope},
};
use healthcare_dss::{Explanation, Finding, Judgement};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ShadowCounts, ShadowQuery, refresh};
use crate::{
    App, QueryError, StoreError,
    access::{Call, Permission},
    store::ShadowSample,
};

/// How many samples are shown at the most.
const SAMPLES: u16 = 20;

/// What a version in the shadow would have said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShadowReport {
    /// The rule.
    pub rule: String,
    /// The version.
    pub version: u32,
    /// Since when it is in the shadow.
    pub since: DateTime<Utc>,
    /// Until when it was counted.
    pub until: DateTime<Utc>,
    /// The counts.
    #[serde(flatten)]
    pub counts: ShadowCounts,
    /// Different findings by 1,000 patient-days: what would have been shown. Nothing while there are no days.
    #[schema(value_type = Option<String>, example = "3.2")]
    pub per_1000_patient_days: Option<Decimal>,
    /// The latest firings, of the patients whose charts the caller may read; none for who reads no charts.
    pub samples: Vec<ShadowSampled>,
}

/// One firing in the shadow.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShadowSampled {
    /// The evaluation it was judged in.
    pub evaluation: Uuid,
    /// Of whom.
    pub patient: PatientId,
    /// When.
    pub at: DateTime<Utc>,
    /// What asked: an event type or a hook.
    pub trigger: String,
    /// What it would have said.
    pub findings: Vec<Finding>,
    /// The tree in words.
    pub words: Option<String>,
}

/// What a version in the shadow would have said; the latest that was, if none is named.
///
/// # Errors
/// When the caller may not, there is no such version or it never was in the shadow, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(rule = name))]
pub async fn get_shadow(app: &App, call: &Call, name: &str, version: Option<u32>) -> Result<ShadowReport, QueryError> {
    let permit = app.authorise(call, Permission::ReadRules, None).await?;
    let course = refresh(app).await?;
    let kept = course.stored.get(name).and_then(|stored| stored.kept.as_ref().ok()).ok_or(QueryError::NotFound)?;
    let version = version.or_else(|| latest(kept)).ok_or(QueryError::NotFound)?;
    let (since, wards) = shadowed(kept, version).ok_or(QueryError::NotFound)?;
    let until = app.clock.now();
    let query = ShadowQuery { rule: name.to_owned(), version, since, until, wards };
    let counts = app.read.shadow_counts(&permit, &query).await?;
    let rate = |days: Decimal| (Decimal::from(counts.findings) * Decimal::from(1000) / days).round_dp(2);
    let per_1000_patient_days = Some(counts.patient_days).filter(|days| *days > Decimal::ZERO).map(rate);
    let samples = samples(app, call, (name, version)).await?;
    Ok(ShadowReport { rule: name.to_owned(), version, since, until, counts, per_1000_patient_days, samples })
}

async fn samples(app: &App, call: &Call, of: (&str, u32)) -> Result<Vec<ShadowSampled>, QueryError> {
    if !call.actor.may(Permission::ReadChart) {
        return Ok(vec![]);
    }
    let permit = app.authorise(call, Permission::ReadChart, None).await?;
    let circle = app.circle(call, Permission::ReadChart).await?;
    let stored = app.store.shadow_samples(&permit, &circle, of, SAMPLES).await?;
    let shown = stored.into_iter().map(|one| {
        let ShadowSample { evaluation, patient, at, trigger, judgement } = one;
        let judgement: Judgement = serde_json::from_value(judgement).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let words = judgement.explanation().map(Explanation::words);
        Ok(ShadowSampled { evaluation, patient, at, trigger, findings: judgement.findings().to_vec(), words })
    });
    shown.collect::<Result<_, StoreError>>().map_err(QueryError::Store)
}

/// The latest version that was put in the shadow.
fn latest(kept: &Kept) -> Option<u32> {
    let shadows = kept.deployments.iter().filter(|one| matches!(one.put, Put::InShadow(_)));
    shadows.map(|one| one.version).max()
}

/// Since when a version is in the shadow, and on which wards.
fn shadowed(kept: &Kept, version: u32) -> Option<(DateTime<Utc>, Option<Vec<WardId>>)> {
    let mut all = kept.deployments.iter().filter_map(|one| match &one.put {
        Put::InShadow(scope) if one.version == version => Some((one.from, scope)),
        Put::InShadow(_) | Put::IntoForce(_) | Put::Out { .. } => None,
    });
    let (since, mut scope) = all.next()?;
    for (_, later) in all {
        scope = later;
    }
    let wards = match scope {
        RuleScope::House => None,
        RuleScope::Wards(wards) => Some(wards.iter().copied().collect()),
    };
    Some((since, wards))
}
