//! The vital signs, their codes, units and physical limits (LOINC, UCUM; limits as IEEE 11073 devices report them).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A vital sign that is measured as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VitalSign {
    /// Heart or pulse rate, /min (LOINC 8867-4).
    HeartRate,
    /// Respiratory rate, /min (9279-1).
    RespiratoryRate,
    /// Oxygen saturation by pulse oximetry, % (59408-5, 2708-6).
    Spo2,
    /// Systolic blood pressure, mm[Hg] (8480-6).
    SystolicBp,
    /// Diastolic blood pressure, mm[Hg] (8462-4).
    DiastolicBp,
    /// Body temperature, Cel (8310-5).
    Temperature,
    /// End-tidal carbon dioxide, mm[Hg] (19891-1).
    Etco2,
    /// Blood glucose, mg/dL (2339-0).
    Glucose,
    /// Inhaled oxygen flow, L/min (3151-8).
    OxygenFlow,
    /// Body weight, kg (29463-7; measured 3141-9, stated 3142-7).
    BodyWeight,
    /// Body height, cm (8302-2; measured 3137-7, stated 3138-5).
    BodyHeight,
}

/// A measurement that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VitalError {
    /// The unit is not one this sign is measured in.
    #[error("{unit:?} is not a unit of {sign}; UCUM {expected:?} is expected")]
    UnknownUnit {
        /// The sign.
        sign: VitalSign,
        /// The unit that came.
        unit: String,
        /// The unit it is kept in.
        expected: &'static str,
    },
    /// No living body has it.
    #[error("{value} {unit} is not possible for {sign}")]
    Impossible {
        /// The sign.
        sign: VitalSign,
        /// The value, in the sign's own unit.
        value: Decimal,
        /// That unit.
        unit: &'static str,
    },
}

impl VitalSign {
    /// All signs.
    pub const ALL: [Self; 11] = [
        Self::HeartRate,
        Self::RespiratoryRate,
        Self::Spo2,
        Self::SystolicBp,
        Self::DiastolicBp,
        Self::Temperature,
        Self::Etco2,
        Self::Glucose,
        Self::OxygenFlow,
        Self::BodyWeight,
        Self::BodyHeight,
    ];

    /// The LOINC code it is charted under.
    pub const fn loinc(self) -> &'static str {
        match self {
            Self::HeartRate => "8867-4",
            Self::RespiratoryRate => "9279-1",
            Self::Spo2 => "59408-5",
            Self::SystolicBp => "8480-6",
            Self::DiastolicBp => "8462-4",
            Self::Temperature => "8310-5",
            Self::Etco2 => "19891-1",
            Self::Glucose => "2339-0",
            Self::OxygenFlow => "3151-8",
            Self::BodyWeight => "29463-7",
            Self::BodyHeight => "8302-2",
        }
    }

    /// Every LOINC code that this sign is recorded under, its own first: of the same property of the same system by
    /// another method. 2708-6 is arterial saturation, which FHIR's profile wants beside 59408-5 (by pulse oximetry);
    /// 8331-1 is the body temperature taken orally.
    pub const fn loincs(self) -> &'static [&'static str] {
        match self {
            Self::HeartRate => &["8867-4"],
            Self::RespiratoryRate => &["9279-1"],
            Self::Spo2 => &["59408-5", "2708-6"],
            Self::SystolicBp => &["8480-6"],
            Self::DiastolicBp => &["8462-4"],
            Self::Temperature => &["8310-5", "8331-1"],
            Self::Etco2 => &["19891-1"],
            Self::Glucose => &["2339-0"],
            Self::OxygenFlow => &["3151-8"],
            Self::BodyWeight => &["29463-7", "3141-9", "3142-7"],
            Self::BodyHeight => &["8302-2", "3137-7", "3138-5"],
        }
    }

    /// The LOINC codes of panels that hold this sign as a component: blood pressure, 85354-9 and the older 55284-4.
    pub const fn panels(self) -> &'static [&'static str] {
        match self {
            Self::SystolicBp | Self::DiastolicBp => &["85354-9", "55284-4"],
            Self::HeartRate
            | Self::RespiratoryRate
            | Self::Spo2
            | Self::Temperature
            | Self::Etco2
            | Self::Glucose
            | Self::OxygenFlow
            | Self::BodyWeight
            | Self::BodyHeight => &[],
        }
    }

    /// The sign a LOINC code means.
    pub fn from_loinc(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.loincs().contains(&code))
    }

    /// The signs a LOINC code asks for: the one it means, or those of the panel it names.
    pub fn asked_by(code: &str) -> Vec<Self> {
        Self::ALL.into_iter().filter(|sign| sign.loincs().contains(&code) || sign.panels().contains(&code)).collect()
    }

    /// The UCUM unit values are kept in.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::HeartRate | Self::RespiratoryRate => "/min",
            Self::Spo2 => "%",
            Self::SystolicBp | Self::DiastolicBp | Self::Etco2 => "mm[Hg]",
            Self::Temperature => "Cel",
            Self::Glucose => "mg/dL",
            Self::OxygenFlow => "L/min",
            Self::BodyWeight => "kg",
            Self::BodyHeight => "cm",
        }
    }

    /// What a person calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HeartRate => "heart rate",
            Self::RespiratoryRate => "respiratory rate",
            Self::Spo2 => "SpO2",
            Self::SystolicBp => "systolic pressure",
            Self::DiastolicBp => "diastolic pressure",
            Self::Temperature => "temperature",
            Self::Etco2 => "EtCO2",
            Self::Glucose => "glucose",
            Self::OxygenFlow => "oxygen flow",
            Self::BodyWeight => "body weight",
            Self::BodyHeight => "body height",
        }
    }

    /// Values outside are impossible: (low, low included, high, high included), in the sign's unit.
    fn possible(self, value: Decimal) -> bool {
        let between = |low: i64, high: i64| value > Decimal::from(low) && value < Decimal::from(high);
        let within = |low: i64, high: i64| value >= Decimal::from(low) && value <= Decimal::from(high);
        match self {
            Self::HeartRate => between(0, 300),
            Self::RespiratoryRate => between(0, 70),
            Self::Spo2 => value > Decimal::ZERO && value <= Decimal::ONE_HUNDRED,
            Self::SystolicBp => between(0, 400),
            Self::DiastolicBp => between(0, 300),
            Self::Temperature => between(10, 50),
            Self::Etco2 => within(0, 150),
            Self::Glucose => within(0, 2200),
            Self::OxygenFlow => within(0, 80),
            // From the smallest newborns that lived to the heaviest and the tallest people that were ever measured.
            Self::BodyWeight => value >= Decimal::new(2, 1) && value <= Decimal::from(700),
            Self::BodyHeight => within(15, 280),
        }
    }

    /// Whether it tells how large the body is, rather than how it fares: doses depend on it, and no device watches it.
    pub const fn is_of_the_body(self) -> bool {
        match self {
            Self::BodyWeight | Self::BodyHeight => true,
            Self::HeartRate
            | Self::RespiratoryRate
            | Self::Spo2
            | Self::SystolicBp
            | Self::DiastolicBp
            | Self::Temperature
            | Self::Etco2
            | Self::Glucose
            | Self::OxygenFlow => false,
        }
    }

    /// Whether the value is possible yet so unusual that it is flagged for a second look.
    pub fn is_unusual(self, value: Decimal) -> bool {
        let (low, high) = match self {
            Self::HeartRate => (20, 250),
            Self::RespiratoryRate => (4, 60),
            Self::Spo2 => (50, 100),
            Self::SystolicBp => (40, 280),
            Self::DiastolicBp => (15, 180),
            Self::Temperature => (28, 43),
            Self::Etco2 => (10, 100),
            Self::Glucose => (33, 2000),
            Self::OxygenFlow => (0, 80),
            Self::BodyWeight => (1, 300),
            Self::BodyHeight => (30, 220),
        };
        value < Decimal::from(low) || value > Decimal::from(high)
    }
}

impl std::fmt::Display for VitalSign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A possible value of a vital sign, in the sign's own unit. An impossible one cannot be made or deserialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawMeasurement", into = "RawMeasurement")]
pub struct Measurement {
    sign: VitalSign,
    value: Decimal,
}

/// A measurement as it is written.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Measurement)]
pub struct RawMeasurement {
    /// Which sign.
    sign: VitalSign,
    /// The value, as a decimal string or number.
    #[schema(value_type = String, example = "72")]
    value: Decimal,
    /// Its UCUM unit.
    #[schema(example = "/min")]
    unit: String,
}

impl Measurement {
    /// Takes a value in `unit`, converting to the sign's own unit (°F, K, mmol/L glucose, kPa, g,
    /// pounds, metres, inches).
    ///
    /// # Errors
    /// When the unit is unknown for the sign, or no living body has the value.
    pub fn new(sign: VitalSign, value: Decimal, unit: &str) -> Result<Self, VitalError> {
        let value = convert(sign, value, unit).ok_or_else(|| VitalError::UnknownUnit {
            sign,
            unit: unit.to_owned(),
            expected: sign.unit(),
        })?;
        if sign.possible(value) {
            Ok(Self { sign, value })
        } else {
            Err(VitalError::Impossible { sign, value, unit: sign.unit() })
        }
    }

    /// Which sign.
    pub fn sign(&self) -> VitalSign {
        self.sign
    }

    /// The value, in [`VitalSign::unit`].
    pub fn value(&self) -> Decimal {
        self.value
    }
}

/// The value in the sign's own unit, or nothing if the unit is not known for it.
fn convert(sign: VitalSign, value: Decimal, unit: &str) -> Option<Decimal> {
    if unit == sign.unit() {
        return Some(value);
    }
    let tenths = |d: Decimal| d.round_dp(2);
    match (sign, unit) {
        (VitalSign::HeartRate, "{beats}/min") | (VitalSign::RespiratoryRate, "{breaths}/min") => Some(value),
        (VitalSign::HeartRate | VitalSign::RespiratoryRate, "1/min") => Some(value),
        // Conversions are exact by definition; the result keeps two decimals.
        (VitalSign::Temperature, "[degF]") => {
            let above = value.saturating_sub(Decimal::from(32));
            Some(tenths(above.saturating_mul(Decimal::from(5)) / Decimal::from(9)))
        }
        (VitalSign::Temperature, "K") => Some(value.saturating_sub(Decimal::new(27315, 2))),
        (VitalSign::SystolicBp | VitalSign::DiastolicBp | VitalSign::Etco2, "kPa") => {
            Some(tenths(value.saturating_mul(Decimal::new(750_062, 5))))
        }
        // Molar mass of glucose 180.156 g/mol.
        (VitalSign::Glucose, "mmol/L") => Some(tenths(value.saturating_mul(Decimal::new(180_156, 4)))),
        (VitalSign::BodyWeight, "g") => Some((value / Decimal::ONE_THOUSAND).round_dp(3)),
        (VitalSign::BodyWeight, "[lb_av]") => Some(value.saturating_mul(Decimal::new(45_359_237, 8)).round_dp(3)),
        (VitalSign::BodyHeight, "m") => Some(value.saturating_mul(Decimal::ONE_HUNDRED).normalize()),
        (VitalSign::BodyHeight, "[in_i]") => Some(tenths(value.saturating_mul(Decimal::new(254, 2)))),
        _ => None,
    }
}

impl TryFrom<RawMeasurement> for Measurement {
    type Error = VitalError;
    fn try_from(raw: RawMeasurement) -> Result<Self, VitalError> {
        Self::new(raw.sign, raw.value, &raw.unit)
    }
}

impl From<Measurement> for RawMeasurement {
    fn from(m: Measurement) -> Self {
        Self { unit: m.sign.unit().to_owned(), sign: m.sign, value: m.value }
    }
}

impl utoipa::PartialSchema for Measurement {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        RawMeasurement::schema()
    }
}
impl ToSchema for Measurement {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        RawMeasurement::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn fahrenheit_becomes_celsius_only_when_it_says_so() {
        let m = Measurement::new(VitalSign::Temperature, dec("98.6"), "[degF]").unwrap();
        assert_eq!(m.value(), dec("37"));
        assert!(matches!(
            Measurement::new(VitalSign::Temperature, dec("98.6"), "Cel"),
            Err(VitalError::Impossible { .. })
        ));
    }

    #[test]
    fn a_body_is_weighed_and_measured_in_the_units_of_the_house() {
        let of = |sign, value: &str, unit| Measurement::new(sign, dec(value), unit).map(|m| m.value());
        for (value, unit, kilograms) in [("7", "kg", "7"), ("3400", "g", "3.4"), ("154", "[lb_av]", "69.853")] {
            assert_eq!(of(VitalSign::BodyWeight, value, unit), Ok(dec(kilograms)), "{value} {unit}");
        }
        for (value, unit, centimetres) in [("68.5", "cm", "68.5"), ("1.76", "m", "176"), ("70", "[in_i]", "177.8")] {
            assert_eq!(of(VitalSign::BodyHeight, value, unit), Ok(dec(centimetres)), "{value} {unit}");
        }
        for (sign, value, unit) in [
            (VitalSign::BodyWeight, "7000", "kg"),
            (VitalSign::BodyWeight, "0", "kg"),
            (VitalSign::BodyWeight, "-7", "kg"),
            (VitalSign::BodyHeight, "1.76", "cm"),
            (VitalSign::BodyHeight, "176", "m"),
        ] {
            assert!(matches!(of(sign, value, unit), Err(VitalError::Impossible { .. })), "{value} {unit}");
        }
        assert!(matches!(of(VitalSign::BodyWeight, "7", "[stone_av]"), Err(VitalError::UnknownUnit { .. })));
        assert!(VitalSign::BodyWeight.is_unusual(dec("0.6")) && !VitalSign::BodyWeight.is_unusual(dec("7")));
    }

    #[test]
    fn a_number_beyond_all_numbers_is_refused_in_every_unit() {
        for (sign, unit) in [
            (VitalSign::Temperature, "[degF]"),
            (VitalSign::Temperature, "K"),
            (VitalSign::SystolicBp, "kPa"),
            (VitalSign::Glucose, "mmol/L"),
            (VitalSign::BodyWeight, "[lb_av]"),
            (VitalSign::BodyHeight, "m"),
        ] {
            for value in [Decimal::MAX, Decimal::MIN] {
                assert!(matches!(Measurement::new(sign, value, unit), Err(VitalError::Impossible { .. })), "{unit}");
            }
        }
    }

    #[test]
    fn a_lost_decimal_point_is_refused() {
        assert!(matches!(
            Measurement::new(VitalSign::Temperature, dec("384.5"), "Cel"),
            Err(VitalError::Impossible { .. })
        ));
    }

    #[test]
    fn zero_is_no_heart_rate() {
        assert!(matches!(Measurement::new(VitalSign::HeartRate, dec("0"), "/min"), Err(VitalError::Impossible { .. })));
    }

    #[test]
    fn a_sign_is_found_under_every_code_it_is_recorded_under() {
        for sign in VitalSign::ALL {
            assert_eq!(sign.loincs()[0], sign.loinc());
            for code in sign.loincs() {
                assert_eq!(VitalSign::from_loinc(code), Some(sign), "{code} stands for one sign");
            }
        }
        assert_eq!(VitalSign::asked_by("2708-6"), [VitalSign::Spo2]);
        assert_eq!(VitalSign::asked_by("85354-9"), [VitalSign::SystolicBp, VitalSign::DiastolicBp]);
        assert_eq!(VitalSign::from_loinc("85354-9"), None, "a panel is no sign");
        assert_eq!(VitalSign::asked_by("718-7"), []);
    }

    #[test]
    fn an_unknown_unit_is_named() {
        assert_eq!(
            Measurement::new(VitalSign::HeartRate, dec("72"), "bpm"),
            Err(VitalError::UnknownUnit { sign: VitalSign::HeartRate, unit: "bpm".into(), expected: "/min" })
        );
    }

    #[test]
    fn an_impossible_value_cannot_be_deserialised() {
        let raw = serde_json::json!({ "sign": "spo2", "value": "101", "unit": "%" });
        assert!(serde_json::from_value::<Measurement>(raw).is_err());
    }
}
