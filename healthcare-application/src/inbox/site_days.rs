//! On which day something falls due: a review is due on a day, and days begin at the midnight of the site.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use healthcare_domain::scheduling::zone::Zone;

/// For how many days back each midnight is where it was. What is overdue for longer is told by the oldest of these.
const BACK: i64 = 400;

/// A day as it is stored: by its midnight in UTC, whatever the zone of the site is when it is read.
pub fn stored(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The days of the site up to today.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteDays {
    /// Today at the site, as a day is stored.
    pub today: DateTime<Utc>,
    /// From which day on, as it is stored, and by how many seconds the midnight of the site comes after that of UTC; the
    /// oldest first.
    pub midnights: Vec<(DateTime<Utc>, i32)>,
}

impl SiteDays {
    /// As the clock of the site has them now.
    pub fn of(zone: Zone, now: DateTime<Utc>) -> Self {
        let today = zone.local(now).date();
        let mut midnights: Vec<(DateTime<Utc>, i32)> = vec![];
        for back in (0..=BACK).rev() {
            let day = today - Duration::days(back);
            let begins = zone.begins(day.and_time(NaiveTime::MIN));
            let after = i32::try_from((begins - stored(day)).num_seconds()).unwrap_or_default();
            match midnights.last() {
                None => midnights.push((DateTime::UNIX_EPOCH, after)),
                Some((_, same)) if *same == after => {}
                Some(_) => midnights.push((stored(day), after)),
            }
        }
        Self { today: stored(today), midnights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, now: &str) -> SiteDays {
        SiteDays::of(zone.parse().unwrap(), now.parse().unwrap())
    }

    fn today(zone: &str, now: &str) -> String {
        at(zone, now).today.date_naive().to_string()
    }

    #[test]
    fn a_day_begins_at_the_midnight_of_the_site() {
        for (zone, before, after, then) in [
            ("Pacific/Kiritimati", "2027-03-09T09:59:59Z", "2027-03-09T10:00:00Z", "2027-03-10"),
            ("Pacific/Pago_Pago", "2027-03-10T10:59:59Z", "2027-03-10T11:00:00Z", "2027-03-10"),
            ("Asia/Kathmandu", "2027-03-09T18:14:59Z", "2027-03-09T18:15:00Z", "2027-03-10"),
            ("UTC", "2027-03-09T23:59:59Z", "2027-03-10T00:00:00Z", "2027-03-10"),
        ] {
            assert_eq!((today(zone, before), today(zone, after)), ("2027-03-09".into(), then.into()), "{zone}");
        }
    }

    #[test]
    fn each_midnight_is_where_it_was() {
        let days = at("America/New_York", "2027-06-01T12:00:00Z");
        let runs: Vec<_> =
            days.midnights.iter().map(|(day, after)| (day.date_naive().to_string(), after / 3600)).collect();
        let expected = [("1970-01-01", 4), ("2026-11-02", 5), ("2027-03-15", 4)];
        assert_eq!(runs, expected.map(|(day, hours)| (day.to_owned(), hours)));
        assert_eq!(at("UTC", "2027-06-01T12:00:00Z").midnights, [(DateTime::UNIX_EPOCH, 0)]);
    }
}
