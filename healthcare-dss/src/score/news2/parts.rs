//! What each parameter contributes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Parameter;

/// The contribution of each parameter, 0 to 3; `null` where the parameter is missing, stale, or (SpO2 scale 2
/// at 93 % and above) cannot be told without knowing whether oxygen is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Parts {
    /// Respiration rate.
    pub respiratory_rate: Option<u8>,
    /// Oxygen saturation, on the scale in use.
    pub spo2: Option<u8>,
    /// Air (0) or supplemental oxygen (2).
    pub oxygen: Option<u8>,
    /// Systolic blood pressure.
    pub systolic_bp: Option<u8>,
    /// Pulse.
    pub pulse: Option<u8>,
    /// Alert (0) or C, V, P, U (3).
    pub consciousness: Option<u8>,
    /// Temperature.
    pub temperature: Option<u8>,
}

impl Parts {
    /// The parts with the parameter each belongs to, in the order of the chart.
    #[must_use]
    pub fn each(&self) -> [(Parameter, Option<u8>); 7] {
        let Self { respiratory_rate, spo2, oxygen, systolic_bp, pulse, consciousness, temperature } = *self;
        [
            (Parameter::RespiratoryRate, respiratory_rate),
            (Parameter::Spo2, spo2),
            (Parameter::Oxygen, oxygen),
            (Parameter::SystolicBp, systolic_bp),
            (Parameter::Pulse, pulse),
            (Parameter::Consciousness, consciousness),
            (Parameter::Temperature, temperature),
        ]
    }

    /// The sum of the parts that could be scored: the total, or the partial sum. At most 20.
    #[must_use]
    pub fn sum(&self) -> u8 {
        self.each().iter().filter_map(|(_, part)| *part).sum()
    }

    /// Whether one parameter alone scores 3.
    #[must_use]
    pub fn has_a_three(&self) -> bool {
        self.each().iter().any(|(_, part)| *part == Some(3))
    }
}
