//! The signals the gateway understands, the codes devices send them under, and the number each is stored as.

use healthcare_domain::vitals::VitalSign;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a reading is of: a vital sign, or the two observations NEWS2 needs beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Heart or pulse rate, /min.
    HeartRate,
    /// Respiratory rate, /min.
    RespiratoryRate,
    /// Oxygen saturation, %.
    Spo2,
    /// Systolic pressure, mm\[Hg\].
    SystolicBp,
    /// Diastolic pressure, mm\[Hg\].
    DiastolicBp,
    /// Body temperature, Cel.
    Temperature,
    /// End-tidal carbon dioxide, mm\[Hg\].
    Etco2,
    /// Blood glucose, mg/dL.
    Glucose,
    /// Inhaled oxygen flow, L/min. A flow above 0 also says that the patient is on oxygen.
    OxygenFlow,
    /// Level of consciousness, A C V P U.
    Consciousness,
    /// Whether supplemental oxygen is given.
    OnOxygen,
}

impl Signal {
    /// All of them, in the order of their stored numbers.
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
        Self::Consciousness,
        Self::OnOxygen,
    ];

    /// The number it is stored as (`telemetry.signal.code`). Never reused for another.
    pub const fn number(self) -> i16 {
        self as i16 + 1
    }

    /// The signal stored as `number`.
    pub fn from_number(number: i16) -> Option<Self> {
        usize::try_from(number).ok().and_then(|n| n.checked_sub(1)).and_then(|n| Self::ALL.get(n)).copied()
    }

    /// The signal a device means by `code`: LOINC, IEEE 11073 MDC (context-free number), or `on_oxygen`, our own,
    /// for which neither has a plain yes or no.
    pub fn from_code(code: &str) -> Option<Self> {
        if let Some(sign) = VitalSign::from_loinc(code) {
            return Self::of(sign);
        }
        Some(match code {
            "80288-4" => Self::Consciousness,
            "on_oxygen" => Self::OnOxygen,
            // MDC: ECG heart rate, pulse rate by oximetry.
            "147842" | "149530" => Self::HeartRate,
            "150456" => Self::Spo2,
            "150344" => Self::Temperature,
            // MDC: respiration rate, respiration rate by impedance.
            "151562" | "151578" => Self::RespiratoryRate,
            // MDC: by cuff, and by arterial line. The means (150303, 150035) are no signal of ours.
            "150301" | "150033" => Self::SystolicBp,
            "150302" | "150034" => Self::DiastolicBp,
            _ => return None,
        })
    }

    /// The code it is charted and reported under.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Consciousness => "80288-4",
            Self::OnOxygen => "on_oxygen",
            Self::HeartRate => VitalSign::HeartRate.loinc(),
            Self::RespiratoryRate => VitalSign::RespiratoryRate.loinc(),
            Self::Spo2 => VitalSign::Spo2.loinc(),
            Self::SystolicBp => VitalSign::SystolicBp.loinc(),
            Self::DiastolicBp => VitalSign::DiastolicBp.loinc(),
            Self::Temperature => VitalSign::Temperature.loinc(),
            Self::Etco2 => VitalSign::Etco2.loinc(),
            Self::Glucose => VitalSign::Glucose.loinc(),
            Self::OxygenFlow => VitalSign::OxygenFlow.loinc(),
        }
    }

    /// The vital sign it is, if it is measured as a number.
    pub const fn sign(self) -> Option<VitalSign> {
        Some(match self {
            Self::HeartRate => VitalSign::HeartRate,
            Self::RespiratoryRate => VitalSign::RespiratoryRate,
            Self::Spo2 => VitalSign::Spo2,
            Self::SystolicBp => VitalSign::SystolicBp,
            Self::DiastolicBp => VitalSign::DiastolicBp,
            Self::Temperature => VitalSign::Temperature,
            Self::Etco2 => VitalSign::Etco2,
            Self::Glucose => VitalSign::Glucose,
            Self::OxygenFlow => VitalSign::OxygenFlow,
            Self::Consciousness | Self::OnOxygen => return None,
        })
    }

    /// What a person calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consciousness => "consciousness",
            Self::OnOxygen => "supplemental oxygen",
            Self::HeartRate => VitalSign::HeartRate.name(),
            Self::RespiratoryRate => VitalSign::RespiratoryRate.name(),
            Self::Spo2 => VitalSign::Spo2.name(),
            Self::SystolicBp => VitalSign::SystolicBp.name(),
            Self::DiastolicBp => VitalSign::DiastolicBp.name(),
            Self::Temperature => VitalSign::Temperature.name(),
            Self::Etco2 => VitalSign::Etco2.name(),
            Self::Glucose => VitalSign::Glucose.name(),
            Self::OxygenFlow => VitalSign::OxygenFlow.name(),
        }
    }

    /// The name it has in rules and metrics, e.g. `heart_rate`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::HeartRate => "heart_rate",
            Self::RespiratoryRate => "respiratory_rate",
            Self::Spo2 => "spo2",
            Self::SystolicBp => "systolic_bp",
            Self::DiastolicBp => "diastolic_bp",
            Self::Temperature => "temperature",
            Self::Etco2 => "etco2",
            Self::Glucose => "glucose",
            Self::OxygenFlow => "oxygen_flow",
            Self::Consciousness => "consciousness",
            Self::OnOxygen => "on_oxygen",
        }
    }
}

impl Signal {
    /// The signal of a sign; none of those that no device of ours watches.
    pub const fn of(sign: VitalSign) -> Option<Self> {
        Some(match sign {
            VitalSign::HeartRate => Self::HeartRate,
            VitalSign::RespiratoryRate => Self::RespiratoryRate,
            VitalSign::Spo2 => Self::Spo2,
            VitalSign::SystolicBp => Self::SystolicBp,
            VitalSign::DiastolicBp => Self::DiastolicBp,
            VitalSign::Temperature => Self::Temperature,
            VitalSign::Etco2 => Self::Etco2,
            VitalSign::Glucose => Self::Glucose,
            VitalSign::OxygenFlow => Self::OxygenFlow,
            VitalSign::BodyWeight | VitalSign::BodyHeight => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_is_found_again_by_its_number_and_by_its_code() {
        for signal in Signal::ALL {
            assert_eq!(Signal::from_number(signal.number()), Some(signal));
            assert_eq!(Signal::from_code(signal.code()), Some(signal));
        }
        assert_eq!(Signal::from_number(0), None);
        assert_eq!(Signal::from_number(12), None);
    }

    #[test]
    fn an_arterial_mean_is_not_taken_for_a_systolic_pressure() {
        assert_eq!(Signal::from_code("150033"), Some(Signal::SystolicBp));
        assert_eq!(Signal::from_code("150034"), Some(Signal::DiastolicBp));
        assert_eq!(Signal::from_code("150035"), None);
    }
}
