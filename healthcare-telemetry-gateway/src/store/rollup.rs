//! What readings come to by the minute and by the hour, worked out from the readings when an hour is over
//! (docs/adr/0028-rollups-of-telemetry.md).
//!
//! Who stores readings marks their hours in the same transaction, and locks nothing. One who finds an hour marked does
//! nothing, and may still be uncommitted when the mark is worked off; that work therefore goes by three transactions:
//! [`take`] removes marks, [`stamp`] notes a transaction id of after that, and [`work_off`] does those before whose
//! stamp every transaction has ended. All who may have seen a mark are visible then; later ones have marked anew.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use tokio_postgres::{Client, Error};
use uuid::Uuid;

use crate::{enrich::Enriched, quality::Quality};

/// Seconds of an hour.
const HOUR: i64 = 3600;

/// Marks hours of devices ($1, $2).
pub const MARK: &str = "insert into telemetry.rollup_dirty (device_id, hour)
    select device, hour from unnest($1::uuid[], $2::timestamptz[]) i (device, hour) order by device, hour
    on conflict (device_id, hour) do nothing";

/// Takes marks of hours that began by $1, set by $2, at most $3 of them. One of an hour that is under way waits.
const TAKE: &str = "with over as (
        select d.device_id, d.hour from telemetry.rollup_dirty d
        where d.hour <= $1 and d.marked_at <= $2 and not exists (
            select from telemetry.rollup_taken t where t.device_id = d.device_id and t.hour = d.hour)
        order by d.hour, d.device_id limit $3 for update of d skip locked),
    gone as (
        delete from telemetry.rollup_dirty d using over o where d.device_id = o.device_id and d.hour = o.hour
        returning d.device_id, d.hour)
    insert into telemetry.rollup_taken (device_id, hour) select device_id, hour from gone
    on conflict (device_id, hour) do update set after = null";

/// The id is this statement's own transaction's, given out after the marks were gone. The snapshot's end would not do:
/// it lies behind the last transaction that is complete, and one with a later id may be running.
const STAMP: &str = "with gone as (
        select device_id, hour from telemetry.rollup_taken where after is null
        order by device_id, hour for update skip locked)
    update telemetry.rollup_taken t set after = pg_current_xact_id()
    from gone g where t.device_id = g.device_id and t.hour = g.hour";

/// Those that may be worked off, and whether their readings are all there still.
const READY: &str = "select device_id, hour, hour >= (select since from telemetry.raw_kept)
    from telemetry.rollup_taken where after <= pg_snapshot_xmin(pg_current_snapshot())
    order by hour, device_id limit $1 for update skip locked";

const CLEAR_MINUTES: &str = "delete from telemetry.rollup_minute r
    using unnest($1::uuid[], $2::timestamptz[]) i (device, hour), telemetry.signal s
    where r.device_id = i.device and r.code = s.code and r.at >= i.hour and r.at < i.hour + interval '1 hour'";

const CLEAR_HOURS: &str = "delete from telemetry.rollup_hour r
    using unnest($1::uuid[], $2::timestamptz[]) i (device, hour), telemetry.signal s
    where r.device_id = i.device and r.code = s.code and r.at = i.hour";

/// Whose a value is, the assignments say, as they do for who reads the readings themselves.
const FILL_MINUTES: &str = "insert into telemetry.rollup_minute
        (device_id, code, at, patient_id, n, low, high, total)
    select r.device_id, r.code, date_bin('1 minute', r.time, 'epoch'), a.patient_id,
        count(*), min(r.value), max(r.value), sum(r.value::numeric)
    from unnest($1::uuid[], $2::timestamptz[]) i (device, hour)
    join telemetry.assignment a on a.device_id = i.device and a.valid_from < i.hour + interval '1 hour'
        and (a.valid_to is null or a.valid_to > i.hour)
    cross join telemetry.signal s
    join telemetry.reading r on r.device_id = a.device_id and r.code = s.code
        and r.time >= greatest(a.valid_from, i.hour)
        and r.time < least(a.valid_to, i.hour + interval '1 hour')
        and r.quality & 4 = 0 and r.value is not null
    group by 1, 2, 3, 4";

const FILL_HOURS: &str = "insert into telemetry.rollup_hour (device_id, code, at, patient_id, n, low, high, total)
    select r.device_id, r.code, i.hour, r.patient_id, sum(r.n), min(r.low), max(r.high), sum(r.total)
    from unnest($1::uuid[], $2::timestamptz[]) i (device, hour)
    cross join telemetry.signal s
    join telemetry.rollup_minute r on r.device_id = i.device and r.code = s.code
        and r.at >= i.hour and r.at < i.hour + interval '1 hour'
    group by 1, 2, 3, 4";

const DONE: &str = "delete from telemetry.rollup_taken t using unnest($1::uuid[], $2::timestamptz[]) i (device, hour)
    where t.device_id = i.device and t.hour = i.hour";

/// The readings of an hour are found by their key, also where a plan was made when there were few; and no day is
/// dropped meanwhile.
const WORKING: &str = "set local enable_seqscan = off; set local enable_hashjoin = off;
    set local enable_mergejoin = off; set local jit = off;
    select pg_advisory_xact_lock_shared(7253100011)";

/// Marks the hours that rows just stored change, inside the transaction that stored them. It must have written before:
/// only one that has an id is waited for.
///
/// # Errors
/// When the database refuses.
pub async fn mark(tx: &Transaction<'_>, rows: &[Enriched]) -> Result<(), Error> {
    let (devices, hours): (Vec<Uuid>, Vec<DateTime<Utc>>) = hours_of(rows).into_iter().unzip();
    if devices.is_empty() {
        return Ok(());
    }
    let mark = tx.prepare_cached(MARK).await?;
    tx.execute(&mark, &[&devices, &hours]).await?;
    Ok(())
}

/// The hours of devices that rows lie in, each once: those with a value and a time that holds. Also of devices on
/// nobody, for an assignment may be under way.
fn hours_of(rows: &[Enriched]) -> Vec<(Uuid, DateTime<Utc>)> {
    let mut hours: Vec<(Uuid, DateTime<Utc>)> = vec![];
    for row in rows.iter().filter(|row| row.reading.value.is_some() && !row.reading.quality.has(Quality::CLOCK_OFF)) {
        let second = row.reading.measured_at.timestamp();
        let Some(hour) = DateTime::from_timestamp(second - second.rem_euclid(HOUR), 0) else { continue };
        if hours.last() != Some(&(row.device.0, hour)) {
            hours.push((row.device.0, hour));
        }
    }
    hours.sort_unstable();
    hours.dedup();
    hours
}

/// Takes at most `limit` marks that were set by `marked_by`, of hours that began by `begun_by`. Answers how many.
///
/// # Errors
/// When the database does not answer.
pub async fn take(
    client: &Client,
    begun_by: DateTime<Utc>,
    marked_by: DateTime<Utc>,
    limit: i64,
) -> Result<u64, Error> {
    client.execute(TAKE, &[&begun_by, &marked_by, &limit]).await
}

/// Stamps what was taken: from here on, who wants to change such an hour marks it anew.
///
/// # Errors
/// When the database does not answer.
pub async fn stamp(client: &Client) -> Result<u64, Error> {
    client.execute(STAMP, &[]).await
}

/// Works off at most `limit` hours of devices inside the caller's transaction, its first statements. Answers how many;
/// what is left may be waiting for a transaction that has not ended.
///
/// An hour whose readings have been dropped stays as it is: what came, or was assigned otherwise, after that is in no
/// rollup.
///
/// # Errors
/// When the database does not answer; nothing has happened then.
pub async fn work_off(tx: &Transaction<'_>, limit: i64) -> Result<usize, Error> {
    tx.batch_execute(WORKING).await?;
    let (mut devices, mut hours): (Vec<Uuid>, Vec<DateTime<Utc>>) = (vec![], vec![]);
    let (mut whole_devices, mut whole_hours) = (vec![], vec![]);
    for row in tx.query(READY, &[&limit]).await? {
        let (device, hour) = (row.get(0), row.get(1));
        devices.push(device);
        hours.push(hour);
        if row.get(2) {
            whole_devices.push(device);
            whole_hours.push(hour);
        }
    }
    if devices.is_empty() {
        return Ok(0);
    }
    for step in [CLEAR_MINUTES, CLEAR_HOURS, FILL_MINUTES, FILL_HOURS] {
        tx.execute(step, &[&whole_devices, &whole_hours]).await?;
    }
    tx.execute(DONE, &[&devices, &hours]).await?;
    Ok(devices.len())
}

/// How many marks of hours that began by `begun_by` are not worked off.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(client: &Client, begun_by: DateTime<Utc>) -> Result<i64, Error> {
    let sql = "select (select count(*) from telemetry.rollup_dirty where hour <= $1)
        + (select count(*) from telemetry.rollup_taken)";
    Ok(client.query_one(sql, &[&begun_by]).await?.get(0))
}

#[cfg(test)]
mod tests {
    use healthcare_domain::id::DeviceId;

    use super::*;
    use crate::{
        normalise::{DeviceRef, Normalised, Observed},
        signal::Signal,
    };

    fn row(device: u128, second: i64, value: Option<i64>, quality: Quality) -> Enriched {
        let at = DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap();
        let device = DeviceId(Uuid::from_u128(device));
        let reading = Normalised {
            index: 0,
            event_id: String::new(),
            device: DeviceRef::Id(device),
            signal: Signal::from_code("8867-4").unwrap(),
            value: value.map(|value| Observed::Number(value.into())),
            measured_at: at,
            governs_at: at,
            received_at: at,
            seq: None,
            quality,
            trace: None,
        };
        Enriched { reading, device, patient: None }
    }

    #[test]
    fn an_hour_is_marked_once_for_what_counts_in_it() {
        let rows = [
            row(2, 7200, Some(70), Quality::GOOD),
            row(1, 3599, Some(70), Quality::LATE),
            row(2, 7201, Some(70), Quality::GOOD),
            row(1, 3600, Some(70), Quality::GOOD),
            row(2, 7200, Some(71), Quality::UNUSUAL),
            row(3, 0, None, Quality::NO_SIGNAL),
            row(4, 0, Some(70), Quality::CLOCK_OFF),
        ];
        let marked: Vec<_> =
            hours_of(&rows).into_iter().map(|(device, hour)| (device.as_u128(), hour.timestamp())).collect();
        assert_eq!(marked, [(1, 1_800_000_000), (1, 1_800_003_600), (2, 1_800_007_200)]);
    }
}
