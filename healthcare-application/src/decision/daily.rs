//! The daily look at patients: what comes due by time alone, and what a rule that was changed says, is told within a day.

use chrono::NaiveDate;
use healthcare_domain::id::PatientId;

/// What asks when nothing happened but that a day passed. No rule names it: a review judges all that listen to any event.
pub const BY_TIME: &str = "time.passed";

/// How far the daily look is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyLook {
    /// The day it is for, by the calendar of the site.
    pub day: NaiveDate,
    /// The last patient who was looked at; none before the first.
    pub reached: Option<PatientId>,
    /// Whether everybody was.
    pub done: bool,
}

impl DailyLook {
    /// What there is to do on a day: the look that was begun goes on where it was left, also one of a day before, so that
    /// nobody is passed over; then that of today begins. Nothing when everybody was looked at today, or when a node whose
    /// clock is ahead is at tomorrow.
    pub fn on(self, today: NaiveDate) -> Option<Self> {
        match (self.done, self.day < today) {
            (true, true) => Some(Self { day: today, reached: None, done: false }),
            (false, true) => Some(self),
            (false, false) => (self.day == today).then_some(self),
            (true, false) => None,
        }
    }

    /// After these patients, in order; none is left when there are none.
    #[must_use]
    pub fn after(self, looked_at: &[PatientId]) -> Self {
        match looked_at.last() {
            Some(last) => Self { reached: Some(*last), ..self },
            None => Self { reached: None, done: true, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(of_month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, of_month).unwrap()
    }

    fn patient(number: u128) -> PatientId {
        PatientId(Uuid::from_u128(number))
    }

    /// Goes through a day of these patients, three at once, and answers whom it looked at.
    fn through(mut look: DailyLook, patients: &[PatientId], today: NaiveDate) -> (DailyLook, Vec<PatientId>) {
        let mut looked = vec![];
        while let Some(now) = look.on(today) {
            let left = patients.iter().filter(|one| now.reached.is_none_or(|reached| one.0 > reached.0));
            let next: Vec<PatientId> = left.copied().take(3).collect();
            looked.extend(&next);
            look = now.after(&next);
        }
        (look, looked)
    }

    #[test]
    fn given_a_day_that_was_done_when_the_next_comes_then_everybody_is_looked_at_once() {
        let all: Vec<PatientId> = (1..=7).map(patient).collect();
        let before = DailyLook { day: day(23), reached: None, done: true };
        let (after, looked) = through(before, &all, day(24));
        assert_eq!(looked, all);
        assert_eq!(after, DailyLook { day: day(24), reached: None, done: true });
        assert_eq!(after.on(day(24)), None, "once a day");
        assert_eq!(through(after, &all, day(25)).1, all, "and again the day after");
    }

    #[test]
    fn given_a_look_that_was_broken_off_when_it_goes_on_then_nobody_is_passed_over() {
        let all: Vec<PatientId> = (1..=7).map(patient).collect();
        let broken_off = DailyLook { day: day(22), reached: Some(patient(5)), done: false };
        assert_eq!(broken_off.on(day(22)), Some(broken_off), "on the same day");
        assert_eq!(broken_off.on(day(24)), Some(broken_off), "and on a later one");
        let (after, looked) = through(broken_off, &all, day(24));
        let expected: Vec<PatientId> = [6, 7].into_iter().chain(1..=7).map(patient).collect();
        assert_eq!(looked, expected, "first the rest of then, then all of today");
        assert_eq!((after.day, after.done), (day(24), true));
    }

    #[test]
    fn given_a_look_of_a_later_day_when_a_clock_is_behind_then_it_is_left_alone() {
        let ahead = DailyLook { day: day(25), reached: Some(patient(5)), done: false };
        assert_eq!(ahead.on(day(24)), None);
        assert_eq!(DailyLook { done: true, ..ahead }.on(day(24)), None);
    }
}
