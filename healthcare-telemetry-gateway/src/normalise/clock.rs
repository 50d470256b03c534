//! Whose clock governs: the device's, unless it is wrong.

use chrono::{DateTime, Duration, Utc};

use crate::quality::Quality;

/// How far a device's clock may stray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockBounds {
    /// Ahead of ours, or off by `sent_at` either way, the clock is wrong beyond this.
    pub tolerance: Duration,
    /// Behind ours without a `sent_at` that explains it, the clock is taken to be wrong beyond this. A backfill
    /// after a longer break must say when it was sent.
    pub behind: Duration,
    /// Received this long after the measurement, a reading is late.
    pub late: Duration,
}

impl Default for ClockBounds {
    fn default() -> Self {
        Self { tolerance: Duration::minutes(2), behind: Duration::hours(1), late: Duration::seconds(30) }
    }
}

impl ClockBounds {
    /// The time that governs alarms, never after `received_at`, and what it says about the reading.
    pub fn govern(
        &self,
        measured_at: DateTime<Utc>,
        sent_at: Option<DateTime<Utc>>,
        received_at: DateTime<Utc>,
    ) -> (DateTime<Utc>, Quality) {
        let (at, clock) = match sent_at.map(|sent_at| received_at - sent_at) {
            Some(offset) if offset.abs() > self.tolerance => {
                (measured_at.checked_add_signed(offset).unwrap_or(received_at), Quality::CLOCK_OFF)
            }
            Some(_) if measured_at - received_at > self.tolerance => (received_at, Quality::CLOCK_OFF),
            Some(_) => (measured_at, Quality::GOOD),
            None if measured_at - received_at > self.tolerance || received_at - measured_at > self.behind => {
                (received_at, Quality::CLOCK_OFF)
            }
            None => (measured_at, Quality::GOOD),
        };
        let at = at.min(received_at);
        let late = if received_at - at > self.late { Quality::LATE } else { Quality::GOOD };
        (at, clock.and(late))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_clock_a_day_off_gives_way_to_the_time_of_receipt() {
        for off in [-86_400, 86_400] {
            assert_eq!(ClockBounds::default().govern(at(off), None, at(0)), (at(0), Quality::CLOCK_OFF));
        }
    }

    #[test]
    fn a_backfill_that_says_when_it_was_sent_is_late_and_keeps_its_time() {
        let govern = ClockBounds::default().govern(at(-7200), Some(at(-1)), at(0));
        assert_eq!(govern, (at(-7200), Quality::LATE));
    }

    #[test]
    fn a_wrong_clock_that_says_when_it_sent_is_set_right() {
        let (governs, quality) = ClockBounds::default().govern(at(86_395), Some(at(86_400)), at(0));
        assert_eq!((governs, quality), (at(-5), Quality::CLOCK_OFF));
    }

    #[test]
    fn a_little_ahead_is_now() {
        assert_eq!(ClockBounds::default().govern(at(5), None, at(0)), (at(0), Quality::GOOD));
    }
}
