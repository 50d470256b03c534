//! The alarm of one patient and one rule: normal → pending → active → acknowledged → clearing → cleared.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::alert::Priority;
use serde::{Deserialize, Serialize};

/// What a rule says of the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The condition holds.
    Violated {
        /// How bad it is.
        priority: Priority,
        /// How long it must hold before the alert is raised; zero is at once.
        sustain: Duration,
    },
    /// It no longer holds, yet not by enough to say it is over.
    Between,
    /// It does not hold.
    Within,
    /// What it needs is missing or too old: nothing is concluded.
    Unknown,
}

/// An alarm that is not normal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Alarm {
    /// The condition holds, not yet for long enough.
    Pending {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Raised; nobody has answered.
    Active {
        /// How bad it was at its worst.
        priority: Priority,
    },
    /// Raised and answered.
    Acknowledged {
        /// How bad it was at its worst.
        priority: Priority,
    },
    /// Raised, and over; cleared when it stays so.
    Clearing {
        /// How bad it was at its worst.
        priority: Priority,
        /// Whether it was answered.
        acknowledged: bool,
        /// Since when it is over.
        since: DateTime<Utc>,
    },
}

/// What is to be done about the alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Raise it.
    Raise(Priority),
    /// It got worse.
    Worsen(Priority),
    /// It is over.
    Clear,
}

/// One step of the machine at `now`. Nothing is the normal state.
pub fn step(
    alarm: Option<Alarm>,
    verdict: Verdict,
    now: DateTime<Utc>,
    clears_after: Duration,
) -> (Option<Alarm>, Option<Turn>) {
    match alarm {
        None => from_normal(now, verdict, now),
        Some(Alarm::Pending { since }) => from_normal(since, verdict, now),
        Some(Alarm::Active { priority }) => open(priority, false, None, verdict, now, clears_after),
        Some(Alarm::Acknowledged { priority }) => open(priority, true, None, verdict, now, clears_after),
        Some(Alarm::Clearing { priority, acknowledged, since }) => {
            open(priority, acknowledged, Some(since), verdict, now, clears_after)
        }
    }
}

fn from_normal(since: DateTime<Utc>, verdict: Verdict, now: DateTime<Utc>) -> (Option<Alarm>, Option<Turn>) {
    match verdict {
        Verdict::Violated { priority, sustain } if now - since >= sustain => {
            (Some(Alarm::Active { priority }), Some(Turn::Raise(priority)))
        }
        Verdict::Violated { .. } => (Some(Alarm::Pending { since }), None),
        Verdict::Between | Verdict::Within | Verdict::Unknown => (None, None),
    }
}

fn open(
    priority: Priority,
    acknowledged: bool,
    clearing_since: Option<DateTime<Utc>>,
    verdict: Verdict,
    now: DateTime<Utc>,
    clears_after: Duration,
) -> (Option<Alarm>, Option<Turn>) {
    let held = match acknowledged {
        true => Alarm::Acknowledged { priority },
        false => Alarm::Active { priority },
    };
    match verdict {
        // Worse than what was answered for: it needs an answer again.
        Verdict::Violated { priority: worse, .. } if worse > priority => {
            (Some(Alarm::Active { priority: worse }), Some(Turn::Worsen(worse)))
        }
        Verdict::Violated { .. } | Verdict::Between | Verdict::Unknown => (Some(held), None),
        // High latches until somebody has answered.
        Verdict::Within if priority == Priority::High && !acknowledged => (Some(held), None),
        Verdict::Within => {
            let since = clearing_since.unwrap_or(now);
            if now - since >= clears_after {
                (None, Some(Turn::Clear))
            } else {
                (Some(Alarm::Clearing { priority, acknowledged, since }), None)
            }
        }
    }
}

impl Alarm {
    /// Whether an alert was raised for it and is not cleared.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Pending { .. } => false,
            Self::Active { .. } | Self::Acknowledged { .. } | Self::Clearing { .. } => true,
        }
    }

    /// How bad it was at its worst, once raised.
    pub const fn priority(self) -> Option<Priority> {
        match self {
            Self::Pending { .. } => None,
            Self::Active { priority } | Self::Acknowledged { priority } | Self::Clearing { priority, .. } => {
                Some(priority)
            }
        }
    }

    /// The same alarm after somebody answered.
    #[must_use]
    pub const fn acknowledged(self) -> Self {
        match self {
            Self::Pending { .. } | Self::Acknowledged { .. } => self,
            Self::Active { priority } => Self::Acknowledged { priority },
            Self::Clearing { priority, since, .. } => Self::Clearing { priority, since, acknowledged: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAR: Duration = Duration::seconds(30);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn crossed(priority: Priority, seconds: i64) -> Verdict {
        Verdict::Violated { priority, sustain: Duration::seconds(seconds) }
    }

    fn walk(steps: &[(i64, Verdict)]) -> (Option<Alarm>, Vec<(i64, Turn)>) {
        steps.iter().fold((None, vec![]), |(alarm, mut turns), (second, verdict)| {
            let (alarm, turn) = step(alarm, *verdict, at(*second), CLEAR);
            turns.extend(turn.map(|turn| (*second, turn)));
            (alarm, turns)
        })
    }

    #[test]
    fn a_crossing_must_last_and_a_deeper_one_less_long() {
        let (_, turns) = walk(&[(0, crossed(Priority::Medium, 15)), (14, crossed(Priority::Medium, 15))]);
        assert_eq!(turns, []);
        let (_, turns) = walk(&[(0, crossed(Priority::Medium, 15)), (15, crossed(Priority::Medium, 15))]);
        assert_eq!(turns, [(15, Turn::Raise(Priority::Medium))]);
        let (_, turns) = walk(&[(0, crossed(Priority::Medium, 15)), (6, crossed(Priority::Medium, 5))]);
        assert_eq!(turns, [(6, Turn::Raise(Priority::Medium))]);
    }

    #[test]
    fn a_crossing_that_is_interrupted_starts_again() {
        let c = crossed(Priority::Medium, 15);
        let (_, turns) = walk(&[(0, c), (10, Verdict::Between), (11, c), (20, c)]);
        assert_eq!(turns, []);
    }

    #[test]
    fn critical_is_raised_at_once_and_latches_until_answered() {
        let (alarm, turns) = walk(&[(0, crossed(Priority::High, 0)), (1, Verdict::Within), (999, Verdict::Within)]);
        assert_eq!(turns, [(0, Turn::Raise(Priority::High))]);
        let answered = alarm.unwrap().acknowledged();
        let (clearing, none) = step(Some(answered), Verdict::Within, at(1000), CLEAR);
        assert_eq!(none, None);
        assert_eq!(step(clearing, Verdict::Within, at(1029), CLEAR).1, None);
        assert_eq!(step(clearing, Verdict::Within, at(1030), CLEAR), (None, Some(Turn::Clear)));
    }

    #[test]
    fn clearing_needs_the_margin_and_the_time() {
        let c = crossed(Priority::Medium, 0);
        let (alarm, turns) = walk(&[
            (0, c),
            (10, Verdict::Within),
            (20, Verdict::Between),
            (30, Verdict::Within),
            (59, Verdict::Within),
        ]);
        assert_eq!(turns, [(0, Turn::Raise(Priority::Medium))]);
        assert!(alarm.unwrap().is_open());
        assert_eq!(step(alarm, Verdict::Within, at(60), CLEAR), (None, Some(Turn::Clear)));
    }

    #[test]
    fn what_is_not_known_ends_nothing() {
        let (alarm, _) = walk(&[(0, crossed(Priority::Medium, 0)), (1, Verdict::Unknown), (9999, Verdict::Unknown)]);
        assert_eq!(alarm, Some(Alarm::Active { priority: Priority::Medium }));
    }

    #[test]
    fn worse_is_said_once_and_needs_an_answer_again() {
        let (alarm, _) = walk(&[(0, crossed(Priority::Medium, 0))]);
        let worse = step(alarm.map(Alarm::acknowledged), crossed(Priority::High, 0), at(1), CLEAR);
        assert_eq!(worse, (Some(Alarm::Active { priority: Priority::High }), Some(Turn::Worsen(Priority::High))));
        assert_eq!(step(worse.0, crossed(Priority::High, 0), at(2), CLEAR).1, None);
        assert_eq!(step(worse.0, crossed(Priority::Medium, 0), at(3), CLEAR).1, None);
    }
}
