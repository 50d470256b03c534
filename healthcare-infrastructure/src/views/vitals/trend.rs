//! Values by bucket: from the readings themselves, or from what they come to by the minute and by the hour wherever
//! that is up to date (docs/adr/0028-rollups-of-telemetry.md). Both give the same numbers: sums are exact.

use chrono::{DateTime, Utc};

use super::values::{Sources, WANTED};

/// The buckets of (code, at, n, low, high, total), $9 seconds wide; $8 how many at most.
const BUCKETS: &str = "
    select s.loinc, s.name, s.unit, b.at, b.n, b.low, b.high, b.mean
    from (select code, date_bin($9::int * interval '1 second', at, 'epoch') as at, sum(n) as n, min(low) as low,
              max(high) as high, sum(total)::float8 / sum(n) as mean
          from v group by 1, 2) b
    join telemetry.signal s using (code) order by b.at, b.code limit $8";

/// The hours of the patient's devices whose rollups are not up to date. $10 and $11 bound the whole minutes, $12 and
/// $13 the whole hours. What was dropped of the readings is in the rollups alone, marked or not.
const MARKED: &str = "
    worn as materialized (
        select device_id, greatest(valid_from, $2) as since, least(valid_to, $3) as until
        from telemetry.assignment
        where patient_id = $1 and valid_from < $3 and (valid_to is null or valid_to > $2)),
    marked as materialized (
        select d.device_id, k.hour
        from (select distinct device_id from worn) d
        cross join lateral (
            select hour from telemetry.rollup_dirty m where m.device_id = d.device_id
                and m.hour >= date_bin('1 hour', $10::timestamptz, 'epoch') and m.hour < $11::timestamptz
            union
            select hour from telemetry.rollup_taken m where m.device_id = d.device_id
                and m.hour >= date_bin('1 hour', $10::timestamptz, 'epoch') and m.hour < $11::timestamptz) k
        where k.hour >= (select since from telemetry.raw_kept))";

/// What is taken from the readings: the ends of the time asked for that are no whole minutes, and marked hours.
const PIECES: &str = "
    piece as (
        select device_id, since, least(until, $10::timestamptz) as until from worn where since < $10::timestamptz
        union all
        select device_id, greatest(since, $11::timestamptz), until from worn where until > $11::timestamptz
        union all
        select w.device_id, greatest(w.since, m.hour, $10::timestamptz),
            least(w.until, m.hour + interval '1 hour', $11::timestamptz)
        from worn w join marked m
            on m.device_id = w.device_id and m.hour < w.until and m.hour + interval '1 hour' > w.since)";

/// What is taken from the rollups. A device is put on and taken off within a bucket: it counts where there was any of
/// it, and once where it was put on twice.
const STRETCHES: &str = "
    stretch as (
        select true as by_hour, device_id, greatest(since, $12::timestamptz) as since,
            least(until, $13::timestamptz) as until
        from (select device_id, greatest(since, max(until) over earlier) as since, until
              from (select device_id, date_bin('1 hour', since, 'epoch') as since,
                        date_bin('1 hour', until + interval '1 hour -1 us', 'epoch') as until from worn) hours
              window earlier as (partition by device_id order by since, until
                                 rows between unbounded preceding and 1 preceding)) once
        union all
        select false, device_id, greatest(once.since, edge.since), least(once.until, edge.until)
        from (select device_id, greatest(since, max(until) over earlier) as since, until
              from (select device_id, date_bin('1 minute', since, 'epoch') as since,
                        date_bin('1 minute', until + interval '1 minute -1 us', 'epoch') as until from worn) minutes
              window earlier as (partition by device_id order by since, until
                                 rows between unbounded preceding and 1 preceding)) once
        cross join (values ($10::timestamptz, $12::timestamptz), ($13::timestamptz, $11::timestamptz)) edge (since, until))";

/// One statement and so one snapshot: an hour is either marked, or its rollup is what its readings come to.
///
/// `offset 0` keeps the laterals what they are: a search by the key for each device, signal and stretch of time.
pub fn from_rollups() -> String {
    let Sources { measured: _, clock_off, charted } = Sources::of_now();
    format!(
        "with {WANTED}, {MARKED}, {PIECES}, {STRETCHES},
         v as (
            select code, at, 1 as n, value as low, value as high, value::numeric as total
            from ({clock_off} union all {charted}) others where value is not null
            union all
            select r.code, r.time, 1, r.value, r.value, r.value::numeric
            from piece p cross join wanted w
            cross join lateral (
                select code, time, value from telemetry.reading r
                where r.device_id = p.device_id and r.code = w.code and r.time >= p.since and r.time < p.until
                    and r.quality & 4 = 0 and r.value is not null offset 0) r
            union all
            select w.code, r.at, r.n, r.low, r.high, r.total
            from stretch p cross join wanted w
            cross join lateral (
                select at, n, low, high, total from telemetry.rollup_hour r
                where p.by_hour and r.device_id = p.device_id and r.code = w.code and r.patient_id = any(es.identities($1))
                    and r.at >= p.since and r.at < p.until
                    and not exists (select from marked m where m.device_id = r.device_id and m.hour = r.at)
                union all
                select at, n, low, high, total from telemetry.rollup_minute r
                where not p.by_hour and r.device_id = p.device_id and r.code = w.code and r.patient_id = any(es.identities($1))
                    and r.at >= p.since and r.at < p.until
                    and not exists (select from marked m
                                    where m.device_id = r.device_id and m.hour = date_bin('1 hour', r.at, 'epoch'))
            ) r)
         {BUCKETS}"
    )
}

/// From the readings alone, for buckets that are no whole minutes.
pub fn from_readings(sources: &Sources) -> String {
    let Sources { measured, clock_off, charted } = sources;
    format!(
        "with {WANTED},
         v as (select code, at, 1 as n, value as low, value as high, value::numeric as total
               from ({measured} union all {clock_off} union all {charted}) every where value is not null)
         {BUCKETS}"
    )
}

/// The parts of a time, from when and until when, that rollups can give.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its whole minutes.
    pub minutes: (DateTime<Utc>, DateTime<Utc>),
    /// Those that are taken by whole hours, within them; none, at their end, where buckets are no whole hours.
    pub hours: (DateTime<Utc>, DateTime<Utc>),
}

impl Whole {
    /// None where buckets of `step` seconds are no whole minutes.
    pub fn of(from: DateTime<Utc>, to: DateTime<Utc>, step: u32) -> Option<Self> {
        if !step.is_multiple_of(60) {
            return None;
        }
        let minutes = within(from, to, 60).unwrap_or((to, to));
        let hours = if step.is_multiple_of(3600) { within(minutes.0, minutes.1, 3600) } else { None };
        Some(Self { minutes, hours: hours.unwrap_or((minutes.1, minutes.1)) })
    }
}

/// The whole units of so many seconds in a time, if there are any.
fn within(from: DateTime<Utc>, to: DateTime<Utc>, unit: i64) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let begun = from.timestamp() + i64::from(from.timestamp_subsec_nanos() > 0);
    let first = DateTime::from_timestamp(begun + (-begun).rem_euclid(unit), 0)?;
    let last = DateTime::from_timestamp(to.timestamp() - to.timestamp().rem_euclid(unit), 0)?;
    (first < last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_has_whole_minutes_and_hours_within() {
        let (from, to) = (at("2026-03-01T10:20:30.000001Z"), at("2026-03-01T13:00:59Z"));
        let minutes = (at("2026-03-01T10:21:00Z"), at("2026-03-01T13:00:00Z"));
        let end = (minutes.1, minutes.1);
        assert_eq!(Whole::of(from, to, 90), None);
        assert_eq!(Whole::of(from, to, 300), Some(Whole { minutes, hours: end }));
        let hours = (at("2026-03-01T11:00:00Z"), at("2026-03-01T13:00:00Z"));
        assert_eq!(Whole::of(from, to, 7200), Some(Whole { minutes, hours }));
    }

    #[test]
    fn a_time_within_one_minute_or_hour_has_none() {
        let (from, to) = (at("2026-03-01T10:20:00.5Z"), at("2026-03-01T10:21:00.4Z"));
        assert_eq!(Whole::of(from, to, 3600), Some(Whole { minutes: (to, to), hours: (to, to) }));
        let (from, to) = (at("2026-03-01T10:00:00.5Z"), at("2026-03-01T11:59:00Z"));
        let minutes = (at("2026-03-01T10:01:00Z"), to);
        assert_eq!(Whole::of(from, to, 3600), Some(Whole { minutes, hours: (to, to) }));
        assert_eq!(Whole::of(at("2026-03-01T10:00:00Z"), to, 3600).unwrap().hours.1, at("2026-03-01T11:00:00Z"));
    }
}
