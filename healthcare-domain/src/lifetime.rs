//! When something can have happened to somebody.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use crate::partial_date::PartialDate;

/// The earliest year that can be of somebody's life whose birth date nobody knows: who was born in it would be the oldest
/// person that ever lived by far.
const FIRST_YEAR: i32 = 1850;

/// Whether a time lies before somebody lived: before the earliest day that their birth date can mean, with a day of grace
/// for the calendar of other places; or before 1850.
pub fn is_before_life(at: DateTime<Utc>, born: Option<PartialDate>) -> bool {
    let first = born.and_then(|born| born.first_day().checked_sub_days(Days::new(1))).unwrap_or(NaiveDate::MIN);
    at.year() < FIRST_YEAR || at.date_naive() < first
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
