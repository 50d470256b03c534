//! How old somebody is, and was when something was measured: by the calendar of the site, whose days begin at its own
//! midnight.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use healthcare_domain::{partial_date::PartialDate, scheduling::zone::Zone};
use healthcare_dss::{Age, EarlierAge, PatientFacts};

use crate::{
    entry::demographics_of,
    store::StoreError,
    view::{Kind, Row},
};

/// When somebody was born, and where the days of their age begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// The date of birth, as far as it is known.
    pub born: PartialDate,
    /// The time zone of the site.
    pub zone: Zone,
}

impl Lifetime {
    /// The age at a moment.
    pub fn age(self, at: DateTime<Utc>) -> Age {
        let today = self.zone.local(at).date();
        Age {
            years: u16::try_from(self.born.years_until(today)).ok(),
            months: months(self.born, today),
            days: days(self.born, today),
        }
    }

    /// The ages before now at which something was measured, the youngest first, each until the last of its moments.
    pub fn earlier(self, now: DateTime<Utc>, measured: impl Iterator<Item = DateTime<Utc>>) -> Vec<EarlierAge> {
        let present = self.age(now);
        let mut moments: Vec<DateTime<Utc>> = measured.filter(|at| *at < now).collect();
        moments.sort_unstable();
        moments.dedup();
        let mut ages: Vec<EarlierAge> = vec![];
        for until in moments {
            let age = self.age(until);
            match ages.last_mut() {
                Some(last) if last.age == age => last.until = until,
                _ if age == present => break,
                _ => ages.push(EarlierAge { until, age }),
            }
        }
        ages
    }

    /// What rules see of somebody, as old as they are at a moment.
    pub fn of(self, patient: PatientFacts, at: DateTime<Utc>) -> PatientFacts {
        let Age { years, months, days } = self.age(at);
        PatientFacts { age_years: years, age_months: months, age_days: days, ..patient }
    }
}

/// The date of birth among the rows of a patient, where it is known.
///
/// # Errors
/// When the row is damaged.
pub fn born(rows: &[Row]) -> Result<Option<PartialDate>, StoreError> {
    let row = rows.iter().find(|row| row.kind == Kind::Patient);
    Ok(row.map(demographics_of).transpose()?.and_then(|person| person.birth_date))
}

/// Completed months of whoever is under 18 years, where the date of birth is known to the month. Counted from the last
/// day it can mean: a limit of age then errs to the younger side.
fn months(born: PartialDate, today: NaiveDate) -> Option<u16> {
    let known = match born {
        PartialDate::Year(_) => return None,
        PartialDate::Month(..) | PartialDate::Day(_) => born.last_day(),
    };
    let months = (today.year() - known.year()) * 12 + today.month().cast_signed() - known.month().cast_signed();
    let completed = if today.day() < known.day() { months - 1 } else { months };
    u16::try_from(completed.max(0)).ok().filter(|months| *months < 18 * 12)
}

/// Days of age of whoever is under two years, where the day of birth is known. Who was born tomorrow was born today: whoever
/// wrote it down may have been east of the site's midnight.
fn days(born: PartialDate, today: NaiveDate) -> Option<u32> {
    match born {
        PartialDate::Year(_) | PartialDate::Month(..) => None,
        PartialDate::Day(day) => {
            let days = today.signed_duration_since(day).num_days();
            (-1..731).contains(&days).then(|| days.max(0).unsigned_abs()).and_then(|days| u32::try_from(days).ok())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn of(born: &str, zone: &str) -> Lifetime {
        Lifetime { born: born.parse().unwrap(), zone: zone.parse().unwrap() }
    }

    #[test]
    fn months_are_counted_when_they_are_full() {
        let of = |born: &str, on: &str| months(born.parse().unwrap(), day(on));
        assert_eq!(of("2026-01-15", "2026-03-14"), Some(1));
        assert_eq!(of("2026-01-15", "2026-03-15"), Some(2));
        assert_eq!(of("2025-12-31", "2026-12-31"), Some(12));
        assert_eq!(of("2026-03", "2026-04-20"), Some(0), "born on the last of March at the latest");
        assert_eq!(of("2026", "2026-04-20"), None);
        assert_eq!(of("2000-01-01", "2026-04-20"), None, "grown up");
    }

    #[test]
    fn days_are_counted_where_the_day_is_known() {
        let of = |born: &str| days(born.parse().unwrap(), day("2026-03-02"));
        assert_eq!(of("2026-03-02"), Some(0));
        assert_eq!(of("2026-02-28"), Some(2));
        assert_eq!(of("2024-03-02"), Some(730));
        assert_eq!(of("2024-03-01"), None, "no newborn");
        assert_eq!(of("2026-03"), None);
        assert_eq!(of("2026-03-03"), Some(0), "it is the third already where the day begins first");
        assert_eq!(of("2026-03-04"), None, "not born yet");
    }

    #[test]
    fn a_day_begins_at_the_midnight_of_the_site() {
        let evening = at("2026-03-03T23:30:00Z");
        assert_eq!(of("2026-03-02", "UTC").age(evening).days, Some(1));
        assert_eq!(of("2026-03-02", "Europe/Berlin").age(evening).days, Some(2), "half past midnight");
        assert_eq!(of("2026-03-02", "America/New_York").age(evening).days, Some(1));
        assert_eq!(of("1966-03-04", "Europe/Berlin").age(evening).years, Some(60), "a birthday as well");
        assert_eq!(of("1966-03-04", "UTC").age(evening).years, Some(59));
    }

    #[test]
    fn what_was_measured_keeps_the_age_of_its_day() {
        let newborn = of("2026-03-02", "Europe/Berlin");
        let measured = ["2026-03-03T20:00:00Z", "2026-03-02T20:00:00Z", "2026-03-03T22:00:00Z", "2026-03-03T23:30:00Z"];
        let now = at("2026-03-04T09:00:00Z");
        let ages = newborn.earlier(now, measured.into_iter().map(at));
        let told: Vec<(String, Option<u32>)> = ages.iter().map(|one| (one.until.to_rfc3339(), one.age.days)).collect();
        let until = |text: &str| at(text).to_rfc3339();
        let expected = [(until("2026-03-02T20:00:00Z"), Some(0)), (until("2026-03-03T22:00:00Z"), Some(1))];
        assert_eq!(told, expected, "by the day, and not what was measured at the age of now");
        assert!(newborn.earlier(now, std::iter::empty()).is_empty());
        assert!(of("1960", "UTC").earlier(now, [at("2026-01-01T00:00:00Z")].into_iter()).is_empty());
    }
}
