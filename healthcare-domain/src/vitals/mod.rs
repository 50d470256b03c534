//! Vital signs charted together.

mod sign;

pub use sign::{Measurement, VitalError, VitalSign};

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{EncounterId, VitalsId},
    text::Remark,
};

/// What was measured and seen at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Vitals {
    /// The numbers, each sign at most once.
    #[serde(default)]
    pub measurements: Vec<Measurement>,
    /// Level of consciousness (ACVPU).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consciousness: Option<Consciousness>,
    /// Whether the patient breathes supplemental oxygen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_oxygen: Option<bool>,
    /// The SpO2 scale a clinician prescribed; scale 1 unless said otherwise.
    #[serde(default)]
    pub spo2_scale: Spo2Scale,
    /// When it was measured.
    pub measured_at: DateTime<Utc>,
    /// During which visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EncounterId>,
}

/// Level of consciousness, as NEWS2 reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Consciousness {
    /// Alert.
    #[serde(rename = "A")]
    Alert,
    /// New confusion.
    #[serde(rename = "C")]
    Confusion,
    /// Responds to voice.
    #[serde(rename = "V")]
    Voice,
    /// Responds to pain.
    #[serde(rename = "P")]
    Pain,
    /// Unresponsive.
    #[serde(rename = "U")]
    Unresponsive,
}

/// Which SpO2 scale of NEWS2 applies. Scale 2 is prescribed for hypercapnic respiratory failure, never inferred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spo2Scale {
    /// The usual scale.
    #[default]
    Scale1,
    /// Target 88–92 %.
    Scale2,
}

/// The state of one set.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum VitalsSet {
    /// Nothing charted.
    #[default]
    Unrecorded,
    /// It stands.
    Recorded(Vitals),
    /// It was charted in error, e.g. on the wrong patient.
    EnteredInError(Vitals),
}

/// What can happen to a set of vitals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum VitalsEvent {
    /// It was charted.
    VitalsRecorded {
        /// What was measured.
        vitals: Vitals,
    },
    /// It was charted in error.
    VitalsEnteredInError {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about vitals is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VitalsError {
    /// There is no such set.
    #[error("there is no such set of vital signs")]
    Unrecorded,
    /// It is charted already.
    #[error("the vital signs are already recorded")]
    AlreadyRecorded,
    /// It was struck out already.
    #[error("the vital signs are marked as entered in error")]
    EnteredInError,
    /// It says nothing.
    #[error("a set of vital signs holds at least one measurement or the consciousness")]
    Empty,
    /// A sign is given twice.
    #[error("{0} is given twice")]
    Twice(VitalSign),
    /// The diastolic pressure is not below the systolic.
    #[error("the diastolic pressure must lie below the systolic")]
    DiastolicNotBelowSystolic,
    /// It was measured in the future.
    #[error("the time of measurement lies in the future")]
    InTheFuture,
}

impl Event for VitalsEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::VitalsRecorded { .. } => "encounter.vitals.recorded",
            Self::VitalsEnteredInError { .. } => "encounter.vitals.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Observation"
    }
}

impl EventSourced for VitalsSet {
    type Id = VitalsId;
    type Event = VitalsEvent;
    type Error = VitalsError;
    const STREAM: StreamType = StreamType::Vitals;

    fn apply(&mut self, event: &VitalsEvent) {
        *self = match (std::mem::take(self), event) {
            (_, VitalsEvent::VitalsRecorded { vitals }) => Self::Recorded(vitals.clone()),
            (Self::Recorded(v) | Self::EnteredInError(v), VitalsEvent::VitalsEnteredInError { .. }) => {
                Self::EnteredInError(v)
            }
            (Self::Unrecorded, VitalsEvent::VitalsEnteredInError { .. }) => Self::Unrecorded,
        };
    }
}

impl Vitals {
    /// The value of a sign, if it was measured, in the sign's own unit.
    pub fn value(&self, sign: VitalSign) -> Option<rust_decimal::Decimal> {
        self.measurements.iter().find(|m| m.sign() == sign).map(Measurement::value)
    }

    fn check(&self, now: DateTime<Utc>) -> Result<(), VitalsError> {
        if self.measurements.is_empty() && self.consciousness.is_none() {
            return Err(VitalsError::Empty);
        }
        for (i, m) in self.measurements.iter().enumerate() {
            if self.measurements[..i].iter().any(|earlier| earlier.sign() == m.sign()) {
                return Err(VitalsError::Twice(m.sign()));
            }
        }
        if let (Some(systolic), Some(diastolic)) =
            (self.value(VitalSign::SystolicBp), self.value(VitalSign::DiastolicBp))
            && diastolic >= systolic
        {
            return Err(VitalsError::DiastolicNotBelowSystolic);
        }
        if self.measured_at > now + Duration::minutes(5) {
            return Err(VitalsError::InTheFuture);
        }
        Ok(())
    }
}

impl VitalsSet {
    /// Charts a set of vital signs.
    ///
    /// # Errors
    /// When it is charted already or cannot be true at `now`.
    pub fn record(&self, vitals: Vitals, now: DateTime<Utc>) -> Result<Vec<VitalsEvent>, VitalsError> {
        match self {
            Self::Unrecorded => {
                vitals.check(now)?;
                Ok(vec![VitalsEvent::VitalsRecorded { vitals }])
            }
            Self::Recorded(_) => Err(VitalsError::AlreadyRecorded),
            Self::EnteredInError(_) => Err(VitalsError::EnteredInError),
        }
    }

    /// Strikes a set out; it no longer counts in any score.
    ///
    /// # Errors
    /// When there is none, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<VitalsEvent>, VitalsError> {
        match self {
            Self::Unrecorded => Err(VitalsError::Unrecorded),
            Self::Recorded(_) => Ok(vec![VitalsEvent::VitalsEnteredInError { reason }]),
            Self::EnteredInError(_) => Err(VitalsError::EnteredInError),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    fn now() -> DateTime<Utc> {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    fn set(measurements: &[(VitalSign, i64)]) -> Vitals {
        Vitals {
            measurements: measurements
                .iter()
                .map(|(sign, value)| Measurement::new(*sign, Decimal::from(*value), sign.unit()).unwrap())
                .collect(),
            consciousness: None,
            on_oxygen: None,
            spo2_scale: Spo2Scale::Scale1,
            measured_at: now(),
            encounter: None,
        }
    }

    #[test]
    fn an_empty_set_is_refused() {
        assert_eq!(VitalsSet::Unrecorded.record(set(&[]), now()), Err(VitalsError::Empty));
    }

    #[test]
    fn diastolic_lies_below_systolic() {
        let wrong = set(&[(VitalSign::SystolicBp, 80), (VitalSign::DiastolicBp, 80)]);
        assert_eq!(VitalsSet::Unrecorded.record(wrong, now()), Err(VitalsError::DiastolicNotBelowSystolic));
    }

    #[test]
    fn a_sign_stands_once() {
        let twice = set(&[(VitalSign::HeartRate, 80), (VitalSign::HeartRate, 81)]);
        assert_eq!(VitalsSet::Unrecorded.record(twice, now()), Err(VitalsError::Twice(VitalSign::HeartRate)));
    }

    #[test]
    fn a_struck_set_stays_struck() {
        let mut record =
            VitalsSet::fold(&VitalsSet::Unrecorded.record(set(&[(VitalSign::HeartRate, 80)]), now()).unwrap());
        let reason = Remark::try_from("wrong patient".to_owned()).unwrap();
        for event in record.enter_in_error(reason.clone()).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record.enter_in_error(reason), Err(VitalsError::EnteredInError));
    }
}
