//! Validate and normalise: from what a device sent to a reading in our codes and units, or to the reason why not.

mod clock;
mod refusal;
mod unit;

pub use clock::ClockBounds;
pub use refusal::Refusal;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::DeviceId,
    vitals::{Consciousness, Measurement},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    quality::Quality,
    reading::{RawValue, Reading},
    signal::Signal,
};

/// A value in our codes and units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// A number, in the unit of its sign.
    Number(Decimal),
    /// Level of consciousness.
    Consciousness(Consciousness),
    /// Whether supplemental oxygen is given.
    Oxygen(bool),
}

/// Which device, as the reading named it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceRef {
    /// By its id.
    Id(DeviceId),
    /// By its serial number.
    Serial(String),
}

/// A reading that may be true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Normalised {
    /// Its place in the batch.
    #[serde(skip)]
    pub index: usize,
    /// The device's own identity of it.
    pub event_id: String,
    /// Which device.
    pub device: DeviceRef,
    /// Of what.
    pub signal: Signal,
    /// The value; none when the device had no signal.
    pub value: Option<Observed>,
    /// When it was measured, as the device says.
    pub measured_at: DateTime<Utc>,
    /// The time that counts for the patient, for scores and for alarms.
    pub governs_at: DateTime<Utc>,
    /// When we received it.
    pub received_at: DateTime<Utc>,
    /// The device's running number.
    pub seq: Option<i64>,
    /// What else is to be known.
    pub quality: Quality,
    /// The W3C trace it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// Takes one reading, the `index`th of its batch.
///
/// # Errors
/// The reason why it cannot be true, or cannot be understood.
pub fn normalise(
    index: usize,
    reading: &Reading,
    received_at: DateTime<Utc>,
    clock: &ClockBounds,
) -> Result<Normalised, Refusal> {
    let Reading { event_id, device_id, serial, code, value, unit, measured_at, sent_at, seq } = reading;
    if event_id.is_empty() || event_id.len() > 100 || event_id.chars().any(char::is_control) {
        return Err(Refusal::EventId);
    }
    let device = match (device_id, serial) {
        (Some(id), None) => DeviceRef::Id(*id),
        // No serial number is registered with one, and the store cannot look up a NUL.
        (None, Some(serial)) if serial.chars().any(char::is_control) => return Err(Refusal::UnknownDevice),
        (None, Some(serial)) => DeviceRef::Serial(serial.clone()),
        (None, None) | (Some(_), Some(_)) => return Err(Refusal::NoDevice),
    };
    let signal = Signal::from_code(code).ok_or(Refusal::UnknownCode)?;
    let measured_at = instant(measured_at, "measured_at")?;
    let sent_at = sent_at.as_deref().map(|at| instant(at, "sent_at")).transpose()?;
    let (governs_at, timing) = clock.govern(measured_at, sent_at, received_at);
    let (value, remark) = observed(signal, value, unit.as_deref())?;
    Ok(Normalised {
        index,
        event_id: event_id.clone(),
        device,
        signal,
        value,
        measured_at,
        governs_at,
        received_at,
        seq: *seq,
        quality: timing.and(remark),
        trace: None,
    })
}

fn instant(text: &str, field: &'static str) -> Result<DateTime<Utc>, Refusal> {
    // Microseconds are what the store keeps: the same instant must be the same key there and here.
    DateTime::parse_from_rfc3339(text)
        .ok()
        .and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()))
        .filter(|at| (0..=9999).contains(&chrono::Datelike::year(at)))
        .ok_or(Refusal::Time { field })
}

fn observed(signal: Signal, value: &RawValue, unit: Option<&str>) -> Result<(Option<Observed>, Quality), Refusal> {
    match signal.sign() {
        Some(sign) => {
            let unit = unit.ok_or(Refusal::NoUnit(signal))?;
            let number = number(signal, value)?;
            if is_no_signal(signal, number) {
                return Ok((None, Quality::NO_SIGNAL));
            }
            let value = Measurement::new(sign, number, unit::to_ucum(unit))?.value();
            let remark = if sign.is_unusual(value) { Quality::UNUSUAL } else { Quality::GOOD };
            Ok((Some(Observed::Number(value)), remark))
        }
        None if unit.is_some() => Err(Refusal::UnitOnCoded(signal)),
        None => Ok((Some(coded(signal, value)?), Quality::GOOD)),
    }
}

fn coded(signal: Signal, value: &RawValue) -> Result<Observed, Refusal> {
    match (signal, value) {
        (Signal::OnOxygen, RawValue::Flag(on)) => Ok(Observed::Oxygen(*on)),
        (Signal::OnOxygen, _) => Err(Refusal::WrongValue { signal, expected: "true or false" }),
        (_, RawValue::Text(level)) => match level.as_str() {
            "A" => Ok(Consciousness::Alert),
            "C" => Ok(Consciousness::Confusion),
            "V" => Ok(Consciousness::Voice),
            "P" => Ok(Consciousness::Pain),
            "U" => Ok(Consciousness::Unresponsive),
            _ => Err(Refusal::WrongValue { signal, expected: "one of A, C, V, P, U" }),
        }
        .map(Observed::Consciousness),
        (_, RawValue::Number(_) | RawValue::Flag(_)) => {
            Err(Refusal::WrongValue { signal, expected: "one of A, C, V, P, U" })
        }
    }
}

fn number(signal: Signal, value: &RawValue) -> Result<Decimal, Refusal> {
    match value {
        RawValue::Number(number) => Decimal::try_from(*number).ok(),
        RawValue::Text(text) => text.parse().ok(),
        RawValue::Flag(_) => None,
    }
    .ok_or(Refusal::WrongValue { signal, expected: "a number" })
}

/// What devices send when a sensor is off, unplugged or still searching. Only an oxygen flow can truly be 0.
fn is_no_signal(signal: Signal, value: Decimal) -> bool {
    (value.is_zero() && signal != Signal::OxygenFlow)
        || [Decimal::from(-100), Decimal::from(-999), Decimal::new(-999, 1), Decimal::from(-32768)].contains(&value)
}

#[cfg(test)]
#[path = "normalise_test.rs"]
mod tests;
