//! FHIR's `dateTime`: a moment, or a day, month or year.

use chrono::{DateTime, Duration, Months, NaiveDate, NaiveTime, Utc};
use healthcare_domain::partial_date::PartialDate;
use serde::Deserialize;

/// A moment with its zone, or a calendar date of some precision, read as UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum FhirDateTime {
    /// To the second or finer.
    Moment(DateTime<Utc>),
    /// Only the date is known, perhaps only its year or month.
    Date(PartialDate),
}

/// The text is no FHIR `dateTime`. The text itself may be personal and is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADateTime {
    /// A time of day means nothing without its zone (FHIR R4, datatypes, dateTime).
    #[error("a time of day needs its time zone")]
    NoZone,
    /// It is no date at all.
    #[error("not a FHIR dateTime")]
    Malformed,
}

impl FhirDateTime {
    /// The earliest moment it can mean.
    pub fn earliest(&self) -> DateTime<Utc> {
        match self {
            Self::Moment(at) => *at,
            Self::Date(date) => date.first_day().and_time(NaiveTime::MIN).and_utc(),
        }
    }

    /// The last second it can mean: the end of a period given as a date includes that whole day (FHIR R4, Period).
    pub fn latest(&self) -> DateTime<Utc> {
        let after = match self {
            Self::Moment(at) => return *at,
            Self::Date(date) => {
                let first = date.first_day();
                match date {
                    PartialDate::Year(_) => first.checked_add_months(Months::new(12)),
                    PartialDate::Month(..) => first.checked_add_months(Months::new(1)),
                    PartialDate::Day(_) => first.succ_opt(),
                }
            }
        };
        after.unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN).and_utc() - Duration::seconds(1)
    }

    /// The date, as precisely as it is known.
    pub fn date(&self) -> PartialDate {
        match self {
            Self::Moment(at) => PartialDate::Day(at.date_naive()),
            Self::Date(date) => *date,
        }
    }

    /// The earliest moment it can mean that is not before `floor`, where it is vague enough to allow one.
    pub fn not_before(&self, floor: Option<DateTime<Utc>>) -> DateTime<Utc> {
        match floor {
            Some(floor) if self.earliest() < floor && floor <= self.latest() => floor,
            _ => self.earliest(),
        }
    }
}

impl TryFrom<String> for FhirDateTime {
    type Error = NotADateTime;
    fn try_from(text: String) -> Result<Self, NotADateTime> {
        text.parse()
    }
}

impl std::str::FromStr for FhirDateTime {
    type Err = NotADateTime;
    fn from_str(text: &str) -> Result<Self, NotADateTime> {
        if text.len() <= 10 {
            return text.parse().map(Self::Date).map_err(|_| NotADateTime::Malformed);
        }
        if text.as_bytes().get(10) != Some(&b'T') {
            return Err(NotADateTime::Malformed);
        }
        match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Ok(Self::Moment(at.to_utc())),
            Err(_) if chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok() => {
                Err(NotADateTime::NoZone)
            }
            Err(_) => Err(NotADateTime::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FhirDateTime, NotADateTime> {
        text.parse()
    }

    #[test]
    fn any_offset_is_the_same_moment() {
        assert_eq!(read("2020-03-01T01:30:00+05:30"), read("2020-02-29T20:00:00Z"));
        assert_eq!(
            read("2020-03-01T01:30:00.250-11:00").unwrap().earliest().to_rfc3339(),
            "2020-03-01T12:30:00.250+00:00"
        );
    }

    #[test]
    fn a_time_of_day_needs_its_zone() {
        assert_eq!(read("2020-03-01T01:30:00"), Err(NotADateTime::NoZone));
    }

    #[test]
    fn dates_may_be_partial_and_end_with_their_last_second() {
        assert_eq!(read("2020").unwrap().latest().to_rfc3339(), "2020-12-31T23:59:59+00:00");
        assert_eq!(read("2020-02").unwrap().latest().to_rfc3339(), "2020-02-29T23:59:59+00:00");
        assert_eq!(read("2020-02-03").unwrap().earliest().to_rfc3339(), "2020-02-03T00:00:00+00:00");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "yesterday", "2020-13", "2020-02-30", "2020-02-03 10:00:00Z", "2020-02-03T25:00:00Z"] {
            assert_eq!(read(text), Err(NotADateTime::Malformed), "{text}");
        }
    }

    #[test]
    fn a_vague_end_is_not_before_its_beginning() {
        let onset = read("2020-05-03").unwrap().earliest();
        assert_eq!(read("2020").unwrap().not_before(Some(onset)), onset);
        assert!(read("2019").unwrap().not_before(Some(onset)) < onset);
    }
}
