//! Alarm limits that a clinician sets for one patient, in place of the site's, for a time.

mod bounds;
#[cfg(test)]
mod properties;
mod set;

use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{AccountId, AlarmLimitsId, PatientId},
    text::Remark,
    vitals::VitalSign,
};

/// The longest time that limits are set for: then somebody looks again.
pub const LONGEST: Duration = Duration::days(7);

/// A limit on one side, in the sign's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmLimit {
    /// Beyond this the limit is crossed, and an alert raised after its sustain time.
    #[schema(value_type = String, example = "88")]
    pub warn: Decimal,
    /// At this or beyond it the alert is high, and raised at once.
    #[schema(value_type = String, example = "82")]
    pub critical: Decimal,
}

/// Which side of a sign a limit is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitSide {
    /// Too low.
    Low,
    /// Too high.
    High,
}

/// The limits of one sign, set for one patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PatientLimits {
    /// Whose.
    pub patient: PatientId,
    /// Of which sign.
    pub sign: VitalSign,
    /// The lower limit; the site's where none is set.
    #[serde(default)]
    pub low: Option<AlarmLimit>,
    /// The upper limit; the site's where none is set.
    #[serde(default)]
    pub high: Option<AlarmLimit>,
    /// Why the site's do not suit this patient.
    pub reason: Remark,
    /// When the site's hold again.
    pub expires_at: DateTime<Utc>,
}

/// The state of a patient's limits of one sign.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum AlarmLimits {
    /// The site's hold.
    #[default]
    Unset,
    /// These hold until they expire.
    Set {
        /// Which.
        limits: PatientLimits,
        /// Who answers for them.
        by: AccountId,
        /// Since when.
        at: DateTime<Utc>,
    },
}

/// What can happen to limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum AlarmLimitsEvent {
    /// They were set, in place of those before.
    AlarmLimitsSet {
        /// Which.
        limits: PatientLimits,
        /// By whom.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why limits are not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlarmLimitsError {
    /// Neither side is given.
    #[error("limits name a lower or an upper one")]
    Empty,
    /// The sign has no alarm on that side.
    #[error("there is no alarm on that side of {0}")]
    NoSuchAlarm(VitalSign, LimitSide),
    /// The critical limit does not lie beyond the warning.
    #[error("the critical limit lies beyond the warning, further from what is normal")]
    CriticalNotBeyondWarning(LimitSide),
    /// A limit lies where no alarm may be moved to.
    #[error("a limit of {sign} lies within {low} to {high} {}", .sign.unit())]
    OutOfBounds {
        /// Of which sign.
        sign: VitalSign,
        /// On which side.
        side: LimitSide,
        /// The lowest that may be set.
        low: Decimal,
        /// The highest that may be set.
        high: Decimal,
    },
    /// The lower warning does not lie below the upper one.
    #[error("the lower limit lies below the upper one")]
    Crossed,
    /// They would be over already.
    #[error("the limits expire in the future")]
    Expired,
    /// They would hold for too long.
    #[error("limits are set for 7 days at the most; then somebody looks again")]
    TooLong,
}

impl Event for AlarmLimitsEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::AlarmLimitsSet { .. } => "patient.alarm-limits.set",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "DeviceMetric"
    }
}

impl EventSourced for AlarmLimits {
    type Id = AlarmLimitsId;
    type Event = AlarmLimitsEvent;
    type Error = AlarmLimitsError;
    const STREAM: StreamType = StreamType::AlarmLimits;

    fn apply(&mut self, event: &AlarmLimitsEvent) {
        match event {
            AlarmLimitsEvent::AlarmLimitsSet { limits, by, at } => {
                *self = Self::Set { limits: limits.clone(), by: *by, at: *at };
            }
        }
    }
}
