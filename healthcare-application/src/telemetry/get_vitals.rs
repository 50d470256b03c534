//! A patient's vital signs over time.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Permission},
};

/// Points of one answer at the most; the rest begins at `next_from`.
pub const POINTS: u16 = 2000;

/// Which values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VitalsQuery {
    /// Whose.
    pub patient: PatientId,
    /// Only these signals, by LOINC code; all if empty.
    pub codes: Vec<String>,
    /// From when, included.
    pub from: DateTime<Utc>,
    /// Until when, excluded.
    pub to: DateTime<Utc>,
    /// The width of the buckets in seconds; each value by itself if absent.
    pub step: Option<u32>,
}

/// Values over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VitalsSeries {
    /// From when, included.
    pub from: DateTime<Utc>,
    /// Until when, excluded.
    pub to: DateTime<Utc>,
    /// The width of the buckets in seconds, where there are buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// A series a signal.
    pub series: Vec<Series>,
    /// When there is more: ask again from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_from: Option<DateTime<Utc>>,
}

/// The values of one signal, in order of time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Series {
    /// LOINC, or `on_oxygen`.
    #[schema(example = "8867-4")]
    pub code: String,
    /// What it is.
    #[schema(example = "heart_rate")]
    pub name: String,
    /// UCUM; coded values have none (consciousness A=0 C=1 V=2 P=3 U=4, on_oxygen no=0 yes=1).
    #[schema(example = "/min")]
    pub unit: Option<String>,
    /// Each value by itself, without a step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Point>,
    /// What the values of each bucket come to, with a step. Buckets without values are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<Aggregate>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Point {
    /// When it was measured; when it was received, where the device's clock was wrong.
    pub at: DateTime<Utc>,
    /// The value; none where the sensor had no signal.
    pub value: Option<f64>,
    /// What else is to be known: `unusual`, `late`, `clock_off`, `no_signal`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<&'static str>,
    /// The device, or none where a person charted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<uuid::Uuid>,
}

/// What the values of one bucket come to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Aggregate {
    /// When the bucket begins.
    pub at: DateTime<Utc>,
    /// How many values it holds.
    pub count: i64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// The mean.
    pub avg: f64,
}

/// A patient's vital signs over time, each value or by bucket. What was charted in error is left out.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %query.patient))]
pub async fn get_vitals(app: &App, call: &Call, query: VitalsQuery) -> Result<VitalsSeries, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(query.patient)).await?;
    Ok(app.read.vitals(&permit, &query).await?)
}
