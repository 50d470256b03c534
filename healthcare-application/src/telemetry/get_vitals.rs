//! A patient's vital signs over time.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Known, worn_then};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    chart::rows_known,
    view::Kind,
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

/// A patient's vital signs over time as they were known by a moment: what had been charted, and each reading that had been received,
/// of devices that were on the patient as it was known then. Buckets come to what these values come to.
///
/// # Errors
/// [`QueryError::NotKept`] when single readings of a time that is asked for are not kept any more: what they came to by the minute
/// does not tell when they came. When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %query.patient))]
pub async fn get_vitals_known(
    app: &App,
    call: &Call,
    query: VitalsQuery,
    known_by: DateTime<Utc>,
) -> Result<VitalsSeries, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(query.patient)).await?;
    let mut charted = rows_known(app, &permit, query.patient, known_by).await?;
    charted.retain(|row| row.kind == Kind::Vital && !row.struck && row.at >= query.from && row.at < query.to);
    let worn = worn_then(app, &permit, query.patient, known_by).await?;
    let series = app.read.vitals_known(&permit, &query, &Known { by: known_by, worn, charted }).await?;
    // Asked for afterwards: what is kept now was kept while it was read.
    let kept_since = app.read.readings_kept_since().await?;
    if query.from < kept_since { Err(QueryError::NotKept(kept_since)) } else { Ok(series) }
}
