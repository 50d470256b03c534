//! What is to be known about a reading beside its value.

use serde::{Deserialize, Serialize};

/// Flags of a reading, stored as a bit set (`telemetry.reading.quality`). 0 is a good reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quality(pub i16);

impl Quality {
    /// Nothing to remark.
    pub const GOOD: Self = Self(0);
    /// Possible yet so unusual that it wants a second look.
    pub const UNUSUAL: Self = Self(1);
    /// It came well after it was measured.
    pub const LATE: Self = Self(2);
    /// The device's clock is wrong: the time of receipt governs alarms and the chart.
    pub const CLOCK_OFF: Self = Self(4);
    /// The device had no signal: there is no value.
    pub const NO_SIGNAL: Self = Self(8);

    /// Both flags.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `flag` is set.
    pub const fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    /// The names of the flags that are set.
    pub fn names(self) -> Vec<&'static str> {
        [
            (Self::UNUSUAL, "unusual"),
            (Self::LATE, "late"),
            (Self::CLOCK_OFF, "clock_off"),
            (Self::NO_SIGNAL, "no_signal"),
        ]
        .into_iter()
        .filter_map(|(flag, name)| self.has(flag).then_some(name))
        .collect()
    }
}
