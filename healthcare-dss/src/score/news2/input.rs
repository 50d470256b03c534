//! What NEWS2 is computed from.

use std::fmt;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};
use utoipa::ToSchema;

/// A parameter of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// Respiration rate, breaths a minute.
    RespiratoryRate,
    /// Oxygen saturation, %.
    Spo2,
    /// Whether supplemental oxygen is given.
    Oxygen,
    /// Systolic blood pressure, mm\[Hg\].
    SystolicBp,
    /// Pulse, beats a minute.
    Pulse,
    /// Consciousness, ACVPU.
    Consciousness,
    /// Temperature, °C.
    Temperature,
}

/// Level of consciousness on the ACVPU scale. Only Alert scores 0; new confusion scores 3 like the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = News2Consciousness)]
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

impl Consciousness {
    /// The letter of the ACVPU scale.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::Alert => "A",
            Self::Confusion => "C",
            Self::Voice => "V",
            Self::Pain => "P",
            Self::Unresponsive => "U",
        }
    }
}

/// Which saturation scale a clinician has chosen for this patient.
///
/// Written as a number; read as a number or as the same in a text, as the list of scores has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "u8")]
pub enum Spo2Scale {
    /// The default scale.
    #[default]
    One,
    /// For confirmed hypercapnic respiratory failure with a target of 88 to 92 %; prescribed, never derived.
    Two,
}

impl utoipa::PartialSchema for Spo2Scale {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{
            ObjectBuilder,
            schema::{SchemaType, Type},
        };
        let either = SchemaType::from_iter([Type::Integer, Type::String]);
        let values: [serde_json::Value; 4] = [1.into(), 2.into(), "1".into(), "2".into()];
        ObjectBuilder::new().schema_type(either).enum_values(Some(values)).into()
    }
}

impl ToSchema for Spo2Scale {
    fn name() -> std::borrow::Cow<'static, str> {
        "News2Spo2Scale".into()
    }
}

impl<'de> Deserialize<'de> for Spo2Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrTwo;
        impl Visitor<'_> for OneOrTwo {
            type Value = Spo2Scale;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("1 or 2")
            }
            fn visit_u64<E: de::Error>(self, scale: u64) -> Result<Spo2Scale, E> {
                match scale {
                    1 => Ok(Spo2Scale::One),
                    2 => Ok(Spo2Scale::Two),
                    other => Err(E::invalid_value(de::Unexpected::Unsigned(other), &self)),
                }
            }
            fn visit_str<E: de::Error>(self, scale: &str) -> Result<Spo2Scale, E> {
                match scale {
                    "1" => Ok(Spo2Scale::One),
                    "2" => Ok(Spo2Scale::Two),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(OneOrTwo)
    }
}

impl From<Spo2Scale> for u8 {
    fn from(scale: Spo2Scale) -> Self {
        match scale {
            Spo2Scale::One => 1,
            Spo2Scale::Two => 2,
        }
    }
}

/// A value and when it was measured; without a time it counts as measured now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<T> {
    /// The value.
    pub value: T,
    /// When it was measured.
    pub at: Option<DateTime<Utc>>,
}

impl<T> From<T> for Reading<T> {
    fn from(value: T) -> Self {
        Self { value, at: None }
    }
}

/// How old each parameter may be, in seconds, before it no longer counts.
///
/// The chart gives none: these are the site's. The default takes an hour for what changes fast or is monitored,
/// four hours for what is charted by hand (consciousness, temperature).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaximumAges {
    /// Respiration rate.
    pub respiratory_rate: u32,
    /// Oxygen saturation.
    pub spo2: u32,
    /// Air or oxygen.
    pub oxygen: u32,
    /// Systolic blood pressure.
    pub systolic_bp: u32,
    /// Pulse.
    pub pulse: u32,
    /// Consciousness.
    pub consciousness: u32,
    /// Temperature.
    pub temperature: u32,
}

impl Default for MaximumAges {
    fn default() -> Self {
        const HOUR: u32 = 3600;
        Self {
            respiratory_rate: HOUR,
            spo2: HOUR,
            oxygen: HOUR,
            systolic_bp: HOUR,
            pulse: HOUR,
            consciousness: 4 * HOUR,
            temperature: 4 * HOUR,
        }
    }
}

impl MaximumAges {
    /// The maximum age of one parameter, in seconds.
    #[must_use]
    pub fn of(&self, parameter: Parameter) -> u32 {
        match parameter {
            Parameter::RespiratoryRate => self.respiratory_rate,
            Parameter::Spo2 => self.spo2,
            Parameter::Oxygen => self.oxygen,
            Parameter::SystolicBp => self.systolic_bp,
            Parameter::Pulse => self.pulse,
            Parameter::Consciousness => self.consciousness,
            Parameter::Temperature => self.temperature,
        }
    }
}

/// The inputs of one score. Every parameter is optional: an absent one makes the score incomplete, never normal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News2Input {
    /// The moment the score is for; ages are counted back from here. Without it nothing is stale.
    pub at: Option<DateTime<Utc>>,
    /// Breaths a minute; 0 (apnoea) scores 3.
    pub respiratory_rate: Option<Reading<Decimal>>,
    /// The saturation scale in use.
    pub spo2_scale: Spo2Scale,
    /// Saturation, %.
    pub spo2: Option<Reading<Decimal>>,
    /// Whether supplemental oxygen is given.
    pub on_oxygen: Option<Reading<bool>>,
    /// Systolic blood pressure, mm\[Hg\].
    pub systolic_bp: Option<Reading<Decimal>>,
    /// Beats a minute.
    pub pulse: Option<Reading<Decimal>>,
    /// ACVPU.
    pub consciousness: Option<Reading<Consciousness>>,
    /// °C.
    pub temperature: Option<Reading<Decimal>>,
    /// The patient's age in years, where known: the score does not apply under 16.
    pub age_years: Option<u16>,
    /// Whether the patient is pregnant, where known: the score does not apply in pregnancy.
    pub pregnant: Option<bool>,
}

/// Why no score can be computed from an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// A value no living patient's chart can hold.
    #[error("{parameter:?} {value} is outside {low} to {high}")]
    OutOfRange {
        /// Which parameter.
        parameter: Parameter,
        /// The refused value.
        value: Decimal,
        /// Lowest value accepted.
        low: Decimal,
        /// Highest value accepted.
        high: Decimal,
    },
    /// A reading dated after the moment the score is for.
    #[error("{parameter:?} was measured after the moment of the score")]
    FromTheFuture {
        /// Which parameter.
        parameter: Parameter,
    },
}
