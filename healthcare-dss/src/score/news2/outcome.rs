//! What NEWS2 comes to.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Band, Parameter, Parts, Spo2Scale};
use crate::text::Text;

/// A computed score with all that is needed to understand and to repeat it.
///
/// A complete one serialises as `{"outcome": "complete", "total", "band", "parts", "inputs", "spo2_scale", "version"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct News2 {
    /// The total, or why there is none.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What each parameter contributed.
    pub parts: Parts,
    /// The inputs as charted, with their ages.
    pub inputs: Vec<UsedInput>,
    /// The saturation scale in use.
    pub spo2_scale: Spo2Scale,
    /// The version of the score.
    #[schema(value_type = String)]
    pub version: &'static str,
}

/// A total, a partial sum or a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[schema(as = News2Outcome)]
pub enum Outcome {
    /// All seven parameters are there and fresh.
    Complete {
        /// 0 to 20.
        total: u8,
        /// The clinical risk.
        band: Band,
    },
    /// Something is missing or stale: there is no total.
    Incomplete {
        /// The sum of what could be scored. The total is at least this.
        partial: u8,
        /// The band of the partial sum: the patient's band is this or higher.
        at_least: Band,
        /// Parameters without a value.
        missing: Vec<Parameter>,
        /// Parameters whose value is too old to count.
        stale: Vec<Parameter>,
    },
    /// NEWS2 is not made for this patient.
    NotApplicable {
        /// Why not.
        reasons: Vec<Exclusion>,
    },
}

/// Why NEWS2 does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exclusion {
    /// The patient is younger than 16 years.
    UnderSixteen,
    /// The patient is pregnant.
    Pregnant,
}

/// An input as it was charted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsedInput {
    /// Which parameter.
    pub parameter: Parameter,
    /// The value rounded to chart precision: a number, `A`–`U`, `air` or `oxygen`.
    pub value: Text,
    /// When it was measured, where known.
    pub measured_at: Option<DateTime<Utc>>,
    /// Its age in seconds at the moment of the score, where known.
    pub age_seconds: Option<i64>,
    /// Whether it was too old to count.
    pub stale: bool,
}
