//! Why a reading is refused.

use healthcare_domain::vitals::VitalError;

use crate::signal::Signal;

/// Why one reading is not taken. It says what to mend, and names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has no usable identity.
    #[error("event_id has 1 to 100 characters, none of them a control character")]
    EventId,
    /// It does not say which device.
    #[error("exactly one of device_id and serial is needed")]
    NoDevice,
    /// We do not know the device.
    #[error("the device is not registered")]
    UnknownDevice,
    /// The token belongs to another device.
    #[error("the token may not submit readings of this device")]
    ForeignDevice,
    /// We do not know the code.
    #[error("the code is not a signal the gateway takes")]
    UnknownCode,
    /// It has no unit.
    #[error("{} needs a unit", .0.name())]
    NoUnit(Signal),
    /// A coded value has no unit.
    #[error("{} has no unit", .0.name())]
    UnitOnCoded(Signal),
    /// The value is not of the right kind.
    #[error("the value of {} is {expected}", .signal.name())]
    WrongValue {
        /// Which signal.
        signal: Signal,
        /// What it takes.
        expected: &'static str,
    },
    /// The time is not one, or does not say its zone.
    #[error("{field} is a time of RFC 3339 with its time zone")]
    Time {
        /// Which field.
        field: &'static str,
    },
    /// The unit is unknown for the sign, or no living body has the value.
    #[error(transparent)]
    Vital(#[from] VitalError),
}

impl Refusal {
    /// A stable word for metrics and clients.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::EventId => "event_id",
            Self::NoDevice => "no_device",
            Self::UnknownDevice => "unknown_device",
            Self::ForeignDevice => "foreign_device",
            Self::UnknownCode => "unknown_code",
            Self::NoUnit(_) => "no_unit",
            Self::UnitOnCoded(_) => "unit_on_coded",
            Self::WrongValue { .. } => "wrong_value",
            Self::Time { .. } => "time",
            Self::Vital(VitalError::UnknownUnit { .. }) => "unknown_unit",
            Self::Vital(VitalError::Impossible { .. }) => "impossible",
        }
    }
}
