//! The port to stored rules, and to what is counted of those in the shadow.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::id::{RuleId, WardId};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::StoredRule;
use crate::{access::Permit, store::StoreError};

/// Which firings in the shadow to count.
#[derive(Debug, Clone)]
pub struct ShadowQuery {
    /// The rule.
    pub rule: String,
    /// The version.
    pub version: u32,
    /// From when.
    pub since: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// On which wards it was in the shadow; the whole house if none is named.
    pub wards: Option<Vec<WardId>>,
}

/// What is counted of a version in the shadow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct ShadowCounts {
    /// How often it fired: once an evaluation.
    pub fired: i64,
    /// How many different findings it made: the same one of the same patient is shown once.
    pub findings: i64,
    /// Of how many patients.
    pub patients: i64,
    /// For how many days patients lay in the house, or on the wards, meanwhile: each visit under way counts from hour to
    /// hour, on the ward it is on now or was on last.
    #[schema(value_type = String, example = "12.5")]
    pub patient_days: Decimal,
    /// By ward; without one for who lay on no ward of the house.
    pub by_ward: Vec<ShadowOnWard>,
}

/// How often a version in the shadow fired on a ward.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ShadowOnWard {
    /// The ward.
    pub ward: Option<WardId>,
    /// How grave the gravest finding was.
    #[schema(example = "critical")]
    pub severity: String,
    /// How often.
    pub fired: i64,
}

/// Stored rules, and counts of what they would have said.
#[async_trait]
pub trait RuleModel: Send + Sync {
    /// How many rules are kept, and the sum of their versions.
    async fn rule_mark(&self, permit: &Permit) -> Result<(i64, i64), StoreError>;

    /// All rules that are kept, by name; what was `seen` in the same version comes without its content.
    async fn stored_rules(
        &self,
        permit: &Permit,
        seen: &[(RuleId, i32)],
    ) -> Result<Vec<(String, Option<StoredRule>)>, StoreError>;

    /// What is counted of a version in the shadow.
    async fn shadow_counts(&self, permit: &Permit, query: &ShadowQuery) -> Result<ShadowCounts, StoreError>;
}
