//! From the latest values and their ages to NEWS2.

mod known;

pub use known::{Known, Latest, Source};

use chrono::{DateTime, Utc};
use healthcare_domain::vitals as domain;
use healthcare_dss::score::news2::{self, MaximumAges, News2, News2Input, Outcome, Parameter, Parts, Reading};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{normalise::Observed, signal::Signal};

/// What of a patient decides whether and how they are scored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Profile {
    /// Age in completed years, where the date of birth is known.
    pub age_years: Option<u16>,
    /// Whether pregnant, where known.
    pub pregnant: Option<bool>,
}

/// The part of a score that tells it from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// What each parameter contributes.
    pub parts: Parts,
    /// Whether all seven were there and fresh.
    pub complete: bool,
    /// When it was computed.
    pub at: DateTime<Utc>,
}

impl Summary {
    /// The summary of a score, if NEWS2 applies to the patient.
    pub fn of(score: &News2, at: DateTime<Utc>) -> Option<Self> {
        let complete = match score.outcome {
            Outcome::Complete { .. } => true,
            Outcome::Incomplete { .. } => false,
            Outcome::NotApplicable { .. } => return None,
        };
        Some(Self { parts: score.parts, complete, at })
    }

    /// Whether it says the same as another, whenever each was computed.
    pub fn same(&self, other: &Self) -> bool {
        self.parts == other.parts && self.complete == other.complete
    }
}

/// Scores what is known at `at`. Nothing when the values cannot be scored, which readings that passed
/// [`crate::normalise`] never cause.
pub fn news2(known: &Known, profile: Profile, at: DateTime<Utc>, ages: &MaximumAges) -> Option<News2> {
    let number = |signal| known.number(signal).map(|(value, latest)| read(value, latest));
    let input = News2Input {
        at: Some(known.all().map(|(_, latest)| latest.at).fold(at, DateTime::max)),
        respiratory_rate: number(Signal::RespiratoryRate),
        spo2_scale: match known.scale() {
            domain::Spo2Scale::Scale1 => news2::Spo2Scale::One,
            domain::Spo2Scale::Scale2 => news2::Spo2Scale::Two,
        },
        spo2: number(Signal::Spo2),
        on_oxygen: known.oxygen().map(|(on, latest)| read(on, latest)),
        systolic_bp: number(Signal::SystolicBp),
        pulse: number(Signal::HeartRate),
        consciousness: known.latest(Signal::Consciousness).and_then(|latest| match latest.value {
            Observed::Consciousness(level) => Some(read(acvpu(level), latest)),
            Observed::Number(_) | Observed::Oxygen(_) => None,
        }),
        temperature: number(Signal::Temperature),
        age_years: profile.age_years,
        pregnant: profile.pregnant,
    };
    news2::score(&input, ages).ok()
}

/// The signal a parameter of the chart is read from.
pub const fn signal_of(parameter: Parameter) -> Signal {
    match parameter {
        Parameter::RespiratoryRate => Signal::RespiratoryRate,
        Parameter::Spo2 => Signal::Spo2,
        Parameter::Oxygen => Signal::OnOxygen,
        Parameter::SystolicBp => Signal::SystolicBp,
        Parameter::Pulse => Signal::HeartRate,
        Parameter::Consciousness => Signal::Consciousness,
        Parameter::Temperature => Signal::Temperature,
    }
}

fn read<T>(value: T, latest: &Latest) -> Reading<T> {
    Reading { value, at: Some(latest.at) }
}

fn acvpu(level: domain::Consciousness) -> news2::Consciousness {
    match level {
        domain::Consciousness::Alert => news2::Consciousness::Alert,
        domain::Consciousness::Confusion => news2::Consciousness::Confusion,
        domain::Consciousness::Voice => news2::Consciousness::Voice,
        domain::Consciousness::Pain => news2::Consciousness::Pain,
        domain::Consciousness::Unresponsive => news2::Consciousness::Unresponsive,
    }
}

/// A number as a person writes it: no trailing zeros.
pub(crate) fn plain(value: Decimal) -> String {
    value.normalize().to_string()
}
