//! A date that may be known only to the year or the month, as FHIR's `date`.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A calendar date of year, month or day precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartialDate {
    /// Only the year is known.
    Year(i32),
    /// Year and month.
    Month(i32, u32),
    /// The full date.
    Day(NaiveDate),
}

/// The text is not a date of the form `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")]
pub struct NotADate;

impl PartialDate {
    /// The earliest day it can mean.
    pub fn first_day(&self) -> NaiveDate {
        match *self {
            Self::Year(y) => NaiveDate::from_ymd_opt(y, 1, 1).unwrap_or(NaiveDate::MIN),
            Self::Month(y, m) => NaiveDate::from_ymd_opt(y, m, 1).unwrap_or(NaiveDate::MIN),
            Self::Day(day) => day,
        }
    }

    /// The last day it can mean.
    pub fn last_day(&self) -> NaiveDate {
        let after = match *self {
            Self::Year(_) => self.first_day().checked_add_months(chrono::Months::new(12)),
            Self::Month(..) => self.first_day().checked_add_months(chrono::Months::new(1)),
            Self::Day(day) => return day,
        };
        after.and_then(|day| day.pred_opt()).unwrap_or(NaiveDate::MAX)
    }

    /// Whole years from the earliest day it can mean until `on`; never negative.
    pub fn years_until(&self, on: NaiveDate) -> u32 {
        on.years_since(self.first_day()).unwrap_or(0)
    }
}

impl std::str::FromStr for PartialDate {
    type Err = NotADate;
    fn from_str(text: &str) -> Result<Self, NotADate> {
        if !text.is_ascii() {
            return Err(NotADate);
        }
        match text.len() {
            4 => {
                let year: i32 = text.parse().map_err(|_| NotADate)?;
                NaiveDate::from_ymd_opt(year, 1, 1).ok_or(NotADate)?;
                Ok(Self::Year(year))
            }
            7 => {
                let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").map_err(|_| NotADate)?;
                Ok(Self::Month(day.year(), day.month()))
            }
            10 => NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self::Day).map_err(|_| NotADate),
            _ => Err(NotADate),
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = NotADate;
    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl std::fmt::Display for PartialDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Year(y) => write!(f, "{y:04}"),
            Self::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Self::Day(day) => write!(f, "{day}"),
        }
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

impl utoipa::PartialSchema for PartialDate {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A date of year, month or day precision (FHIR date)."))
            .pattern(Some(r"^\d{4}(-\d{2}(-\d{2})?)?$"))
            .examples([serde_json::json!("1954-03-02")])
            .into()
    }
}
impl utoipa::ToSchema for PartialDate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_survives_the_round_trip() {
        for text in ["1954", "1954-03", "1954-03-02"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_month_and_a_year_end_with_their_last_day() {
        let last = |text: &str| text.parse::<PartialDate>().unwrap().last_day().to_string();
        assert_eq!(
            (last("2024-02"), last("2024"), last("2024-02-03")),
            ("2024-02-29".into(), "2024-12-31".into(), "2024-02-03".into())
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "54", "1954-13", "1954-02-30", "1954-3-2", "١٩٥٤", "+954"] {
            assert_eq!(text.parse::<PartialDate>().map(|d| d.to_string()).ok().filter(|t| t == text), None, "{text}");
        }
    }

    #[test]
    fn age_is_counted_in_whole_years() {
        let born: PartialDate = "2000-02-29".parse().unwrap();
        assert_eq!(born.years_until(NaiveDate::from_ymd_opt(2018, 2, 28).unwrap()), 17);
        assert_eq!(born.years_until(NaiveDate::from_ymd_opt(2018, 3, 1).unwrap()), 18);
    }
}
