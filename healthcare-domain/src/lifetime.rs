//! When something can have happened to somebody.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use crate::partial_date::PartialDate;

/// The earliest year that can be of somebody's life whose birth date nobody knows: who was born in it would be the oldest
/// person that ever lived by far.
const FIRST_YEAR: i32 = 1850;

/// Whether a time lies before somebody lived: before the earliest day that their birth date can mean, with a day of grace
/// for the calendar of other places; or before 1850.
pub fn is_before_life(at: DateTime<Utc>, born: Option<PartialDate>) -> bool {
    at.year() < FIRST_YEAR || born.is_some_and(|born| is_before_birth(at, born))
}

/// As [`is_before_life`], of what can begin before birth: within 300 days, which is longer than anybody was carried.
pub fn is_before_conception(at: DateTime<Utc>, born: Option<PartialDate>) -> bool {
    at.year() < FIRST_YEAR || born.is_some_and(|born| is_days_before(at, born, 300 + GRACE))
}

/// Whether a time lies before the earliest day that a birth date can mean, with a day of grace for the calendar of other
/// places.
pub fn is_before_birth(at: DateTime<Utc>, born: PartialDate) -> bool {
    is_days_before(at, born, GRACE)
}

/// The calendar date may differ by a day from place to place.
const GRACE: u64 = 1;

fn is_days_before(at: DateTime<Utc>, born: PartialDate, days: u64) -> bool {
    at.date_naive() < born.first_day().checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_to_somebody_before_they_are_born() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let born = Some("1954-03-02".parse().unwrap());
        assert!(is_before_life(at("1954-02-28T23:59:59Z"), born));
        assert!(!is_before_life(at("1954-03-01T00:00:00Z"), born), "a day of grace");
        assert!(!is_before_life(at("1954-01-01T00:00:00Z"), Some("1954".parse().unwrap())), "only the year is known");
        assert!(is_before_life(at("1849-12-31T23:59:59Z"), None) && !is_before_life(at("1850-01-01T00:00:00Z"), None));
        assert!(is_before_life(at("-4000-01-01T00:00:00Z"), None) && is_before_life(at("0001-01-01T00:00:00Z"), born));
    }
}
