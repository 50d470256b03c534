//! What a device sends.

use healthcare_domain::id::DeviceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Readings sent together. Each is taken or refused on its own.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The readings, in any order.
    #[schema(min_items = 1, max_items = 10_000)]
    pub readings: Vec<Reading>,
}

/// One reading of one signal. The shape is checked here, the meaning by [`crate::normalise`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The device's own identity of this reading: the same id again is the same reading again.
    #[schema(example = "0d5c8c1e-4c55-4ad8-8f6b-3a4d6f0f5b21")]
    pub event_id: String,
    /// The device, by its id here …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// … or by its serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "MON-0042")]
    pub serial: Option<String>,
    /// What was measured: LOINC, an MDC number, or `on_oxygen`.
    #[schema(example = "8867-4")]
    pub code: String,
    /// The value: a number, `A` to `U` for consciousness, true or false for `on_oxygen`.
    #[schema(value_type = f64, example = 72)]
    pub value: RawValue,
    /// Its unit: UCUM, or an MDC number. Not for coded values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/min")]
    pub unit: Option<String>,
    /// When it was measured, by the device's clock: RFC 3339 with its time zone.
    #[schema(format = DateTime, example = "2026-11-21T10:00:00Z")]
    pub measured_at: String,
    /// When it was sent, by the same clock. Tells a wrong clock from a late reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub sent_at: Option<String>,
    /// The device's running number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

/// A value as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RawValue {
    /// A JSON number.
    Number(f64),
    /// A yes or no.
    Flag(bool),
    /// A code, or a number as a decimal string.
    Text(String),
}
