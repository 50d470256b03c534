//! What an illness does to a body over time.

use clap::ValueEnum;
use healthcare_domain::vitals::Consciousness;
use serde::Serialize;

/// The course a patient takes. Hours of an illness are pressed into a minute or two, so that it can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// Well, with the small movements of the healthy.
    Stable,
    /// Septic shock: fever, a racing heart, fast breathing, falling pressure, confusion. NEWS2 above 7 in half a minute.
    Sepsis,
    /// Breathing fails slowly: faster breaths, falling saturation, oxygen given. NEWS2 above 5 in a minute.
    Deterioration,
    /// Ill at first and well after two minutes.
    Recovery,
    /// Saturation falls below 80 % for twenty seconds of every ninety, as in apnoea.
    Desaturation,
}

/// What is added to a body's own values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Heart rate, /min.
    pub heart_rate: f64,
    /// Breaths, /min.
    pub respiratory_rate: f64,
    /// Saturation, percentage points.
    pub spo2: f64,
    /// Systolic pressure, mm\[Hg\].
    pub systolic_bp: f64,
    /// Temperature, °C.
    pub temperature: f64,
    /// Oxygen that is given, L/min; 0 on air.
    pub oxygen_flow: f64,
    /// Level of consciousness.
    pub consciousness: Consciousness,
}

impl Effect {
    /// A body left to itself.
    pub const NONE: Self = Self {
        heart_rate: 0.0,
        respiratory_rate: 0.0,
        spo2: 0.0,
        systolic_bp: 0.0,
        temperature: 0.0,
        oxygen_flow: 0.0,
        consciousness: Consciousness::Alert,
    };

    /// An infection of the blood at a severity of 0 to 1 (signs as in Sepsis-3 and the bands of NEWS2).
    fn septic(severity: f64) -> Self {
        Self {
            heart_rate: 52.0 * severity,
            respiratory_rate: 14.0 * severity,
            spo2: -6.0 * severity,
            systolic_bp: -42.0 * severity,
            temperature: 2.3 * severity,
            oxygen_flow: 0.0,
            consciousness: if severity > 0.85 { Consciousness::Confusion } else { Consciousness::Alert },
        }
    }

    /// Failing lungs at a severity of 0 to 1. Oxygen is given from the middle on, and does not suffice.
    fn breathless(severity: f64) -> Self {
        Self {
            heart_rate: 30.0 * severity,
            respiratory_rate: 12.0 * severity,
            spo2: -7.5 * severity,
            systolic_bp: 8.0 * severity,
            oxygen_flow: if severity > 0.5 { 4.0 } else { 0.0 },
            ..Self::NONE
        }
    }
}

impl Scenario {
    /// What the illness does this many seconds after it began.
    pub fn effect(self, seconds: f64) -> Effect {
        match self {
            Self::Stable => Effect::NONE,
            Self::Sepsis => Effect::septic(rise(seconds, 4.0, 24.0)),
            Self::Deterioration => Effect::breathless(rise(seconds, 5.0, 65.0)),
            Self::Recovery => Effect::septic(1.0 - rise(seconds, 20.0, 120.0)),
            Self::Desaturation => {
                let second = seconds % 90.0;
                let depth = rise(second, 15.0, 25.0) - rise(second, 45.0, 55.0);
                Effect { heart_rate: 18.0 * depth, respiratory_rate: 3.0 * depth, spo2: -20.0 * depth, ..Effect::NONE }
            }
        }
    }
}

/// From 0 before `from` to 1 after `to`, without a kink at either end.
fn rise(at: f64, from: f64, to: f64) -> f64 {
    let part = ((at - from) / (to - from)).clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}
