//! The stretches of time by which the trail is searched.

use chrono::{DateTime, TimeDelta, Utc};
use healthcare_application::audit::AuditSort;

/// How far the first reaches. The others are each as long as all before them together.
const FIRST: TimeDelta = TimeDelta::hours(1);

/// A stretch of time: from when, included, and until when, excluded; open where the search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
    /// Whether it is the first, where what is looked for often is.
    pub(super) first: bool,
}

/// The stretches of a search in their order: they follow on each other, leave nothing out, and widen.
#[derive(Debug, Clone)]
pub(super) struct Stretches {
    sort: AuditSort,
    /// Where the search begins and where it ends.
    begins: DateTime<Utc>,
    ends: DateTime<Utc>,
    /// Until where the next reaches; none before the first.
    reached: Option<DateTime<Utc>>,
    width: TimeDelta,
    over: bool,
}

impl Stretches {
    /// Those between the oldest and the newest entry that there may be.
    pub(super) fn between(oldest: DateTime<Utc>, newest: DateTime<Utc>, sort: AuditSort) -> Self {
        let (begins, ends) = match sort {
            AuditSort::Newest => (newest, oldest),
            AuditSort::Oldest => (oldest, newest),
        };
        Self { sort, begins, ends, reached: None, width: FIRST, over: false }
    }
}

impl Iterator for Stretches {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        if self.over {
            return None;
        }
        let behind = self.reached;
        let near = behind.unwrap_or(self.begins);
        let (beyond, far) = match self.sort {
            AuditSort::Newest => near.checked_sub_signed(self.width).map(|far| (far <= self.ends, far)),
            AuditSort::Oldest => near.checked_add_signed(self.width).map(|far| (far > self.ends, far)),
        }
        .unwrap_or((true, near));
        self.over = beyond;
        self.reached = Some(far);
        // The second is as long as the first.
        self.width = if behind.is_none() { self.width } else { self.width * 2 };
        let ahead = (!beyond).then_some(far);
        let (from, until) = match self.sort {
            AuditSort::Newest => (ahead, behind),
            AuditSort::Oldest => (behind, ahead),
        };
        Some(Stretch { from, until, first: behind.is_none() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn hours(stretches: Stretches) -> Vec<(Option<i64>, Option<i64>)> {
        let hour = |at: DateTime<Utc>| (at - DateTime::UNIX_EPOCH).num_hours();
        stretches.map(|one| (one.from.map(hour), one.until.map(hour))).collect()
    }

    #[test]
    fn they_follow_on_each_other_and_widen() {
        let newest = Stretches::between(at(0), at(20), AuditSort::Newest);
        assert_eq!(
            hours(newest),
            [
                (Some(19), None),
                (Some(18), Some(19)),
                (Some(16), Some(18)),
                (Some(12), Some(16)),
                (Some(4), Some(12)),
                (None, Some(4)),
            ]
        );
        let oldest = Stretches::between(at(0), at(5), AuditSort::Oldest);
        assert_eq!(hours(oldest), [(None, Some(1)), (Some(1), Some(2)), (Some(2), Some(4)), (Some(4), None)]);
    }

    #[test]
    fn what_is_no_longer_than_the_first_is_one() {
        for sort in [AuditSort::Newest, AuditSort::Oldest] {
            assert_eq!(hours(Stretches::between(at(7), at(7), sort)), [(None, None)]);
        }
        assert_eq!(hours(Stretches::between(at(7), at(8), AuditSort::Newest)), [(None, None)]);
        // What is at the very end is in the last: it does not end before it.
        assert_eq!(hours(Stretches::between(at(7), at(8), AuditSort::Oldest)), [(None, Some(8)), (Some(8), None)]);
    }

    #[test]
    fn a_century_is_few() {
        let century = Stretches::between(at(0), at(24 * 36_525), AuditSort::Oldest);
        assert_eq!(century.count(), 21);
        let all = Stretches::between(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, AuditSort::Newest);
        assert!(all.count() < 40);
    }
}
