//! How long what is new has waited to be sealed, and when somebody is to hear of it.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// How long a row may wait to be sealed: twelve rounds of the sealer.
pub(super) const GRACE: Duration = Duration::from_secs(60);

/// What was found after a round.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    /// All is sealed.
    Nothing,
    /// Something waits behind this block (0 for none), for so long by its own account.
    Waiting {
        /// The newest block.
        behind: i64,
        /// By the time the first row that waits bears.
        by_its_own: Duration,
    },
    /// The database did not answer.
    Unknown,
}

/// What is to be said of it, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Something has waited for longer than the grace.
    TooLong,
    /// That is over.
    Over,
}

/// How long something has waited, as one process sees it. A row's own time is believed where it says longer: who stops the
/// sealing can write what time they like, and not what was seen here.
#[derive(Debug, Default)]
pub(super) struct Lag {
    since: Option<(Option<i64>, DateTime<Utc>)>,
    too_long: bool,
}

impl Lag {
    /// Takes a look in; answers how long something has waited, and what is to be said of that.
    pub(super) fn seen(&mut self, look: Look, now: DateTime<Utc>) -> (Duration, Option<Said>) {
        let (block, by_its_own) = match look {
            Look::Nothing => {
                self.since = None;
                return (Duration::ZERO, self.judge(Duration::ZERO));
            }
            Look::Waiting { behind, by_its_own } => (Some(behind), by_its_own),
            Look::Unknown => (self.since.and_then(|(block, _)| block), Duration::ZERO),
        };
        let since = match self.since {
            // Behind another block others wait.
            Some((known, since)) if known.is_none() || known == block => since,
            Some(_) | None => now,
        };
        self.since = Some((block, since));
        let lag = (now - since).to_std().unwrap_or_default().max(by_its_own);
        (lag, self.judge(lag))
    }

    fn judge(&mut self, lag: Duration) -> Option<Said> {
        let too_long = lag > GRACE;
        let said = match (self.too_long, too_long) {
            (false, true) => Some(Said::TooLong),
            (true, false) => Some(Said::Over),
            (false, false) | (true, true) => None,
        };
        self.too_long = too_long;
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: Duration = Duration::ZERO;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    fn waiting(behind: i64, by_its_own: u64) -> Look {
        Look::Waiting { behind, by_its_own: Duration::from_secs(by_its_own) }
    }

    /// SECURITY 43: it is said once that nothing is sealed any more, and once that it is over.
    #[test]
    fn security_43_what_waits_too_long_is_said_once() {
        let mut lag = Lag::default();
        assert_eq!(lag.seen(waiting(7, 3), at(0)), (Duration::from_secs(3), None));
        assert_eq!(lag.seen(waiting(7, 61), at(5)), (Duration::from_secs(61), Some(Said::TooLong)));
        assert_eq!(lag.seen(waiting(7, 66), at(10)), (Duration::from_secs(66), None));
        assert_eq!(lag.seen(Look::Nothing, at(15)), (ZERO, Some(Said::Over)));
        assert_eq!(lag.seen(Look::Nothing, at(20)), (ZERO, None));
    }

    /// SECURITY 43: a row that is made to be of a later time does not hide that it waits.
    #[test]
    fn security_43_what_waits_counts_from_when_it_was_seen() {
        let mut lag = Lag::default();
        assert_eq!(lag.seen(waiting(7, 0), at(0)), (ZERO, None));
        assert_eq!(lag.seen(waiting(7, 0), at(60)), (Duration::from_secs(60), None));
        assert_eq!(lag.seen(waiting(7, 0), at(61)), (Duration::from_secs(61), Some(Said::TooLong)));
        assert_eq!(lag.seen(waiting(8, 0), at(65)), (ZERO, Some(Said::Over)), "another process has sealed");
    }

    #[test]
    fn a_database_that_does_not_answer_is_waited_for_as_well() {
        let mut lag = Lag::default();
        assert_eq!(lag.seen(Look::Unknown, at(0)), (ZERO, None));
        assert_eq!(lag.seen(Look::Unknown, at(70)), (Duration::from_secs(70), Some(Said::TooLong)));
        assert_eq!(lag.seen(waiting(7, 0), at(75)), (Duration::from_secs(75), None), "nothing was sealed meanwhile");
        assert_eq!(lag.seen(Look::Nothing, at(80)), (ZERO, Some(Said::Over)));
    }
}
