//! Local time: what a clinic's hours are written in. Instants are kept in UTC; hours are kept as the clock on the wall
//! shows them, with the time zone whose clock it is, so that a change of daylight saving moves neither.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{OffsetComponents, Tz};
use serde::{Deserialize, Serialize};

/// A time zone by its IANA name, e.g. `Europe/Lisbon`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Tz);

/// The text names no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the IANA name of a time zone, e.g. Europe/Lisbon")]
pub struct NoSuchZone;

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(Tz::UTC);

    /// The name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What the clock on the wall shows at an instant.
    pub fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    /// The instant at which something begins that is written as a local time. Of an hour that comes twice the first; a
    /// time that is skipped is read with the offset before the change (RFC 5545, 3.3.5).
    pub fn begins(self, local: NaiveDateTime) -> DateTime<Utc> {
        match self.0.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
            LocalResult::None => self.skipped(local),
        }
    }

    /// The instant at which something ends that is written as a local time. Of an hour that comes twice the second: who
    /// is there until half past one is there until it is past.
    pub fn ends(self, local: NaiveDateTime) -> DateTime<Utc> {
        match self.0.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(_, at) => at.with_timezone(&Utc),
            LocalResult::None => self.skipped(local),
        }
    }

    /// A local time that no clock shows, read with the offset that was in force the day before.
    fn skipped(self, local: NaiveDateTime) -> DateTime<Utc> {
        let offset = self.0.offset_from_utc_datetime(&(local - Duration::days(1)));
        (local - offset.base_utc_offset() - offset.dst_offset()).and_utc()
    }
}

impl From<Tz> for Zone {
    fn from(zone: Tz) -> Self {
        Self(zone)
    }
}

impl std::str::FromStr for Zone {
    type Err = NoSuchZone;
    fn from_str(text: &str) -> Result<Self, NoSuchZone> {
        text.parse().map(Self).map_err(|_| NoSuchZone)
    }
}

impl TryFrom<String> for Zone {
    type Error = NoSuchZone;
    fn try_from(text: String) -> Result<Self, NoSuchZone> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

impl utoipa::PartialSchema for Zone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("The IANA name of a time zone, e.g. Europe/Lisbon."))
            .max_length(Some(64))
            .into()
    }
}
impl utoipa::ToSchema for Zone {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, local: &str) -> (String, String) {
        let zone: Zone = zone.parse().unwrap();
        let local: NaiveDateTime = local.parse().unwrap();
        (zone.begins(local).to_rfc3339(), zone.ends(local).to_rfc3339())
    }

    fn same(utc: &str) -> (String, String) {
        (utc.into(), utc.into())
    }

    #[test]
    fn a_skipped_time_is_read_with_the_offset_before_the_change() {
        assert_eq!(at("Europe/Lisbon", "2027-03-28T01:30:00"), same("2027-03-28T01:30:00+00:00"));
        assert_eq!(at("America/New_York", "2027-03-14T02:30:00"), same("2027-03-14T07:30:00+00:00"));
    }

    #[test]
    fn of_an_hour_that_comes_twice_the_first_begins_and_the_second_ends() {
        let lisbon = at("Europe/Lisbon", "2027-10-31T01:30:00");
        assert_eq!(lisbon, ("2027-10-31T00:30:00+00:00".into(), "2027-10-31T01:30:00+00:00".into()));
        let york = at("America/New_York", "2027-11-07T01:30:00");
        assert_eq!(york, ("2027-11-07T05:30:00+00:00".into(), "2027-11-07T06:30:00+00:00".into()));
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        assert_eq!("Europe/Atlantis".parse::<Zone>(), Err(NoSuchZone));
    }
}
