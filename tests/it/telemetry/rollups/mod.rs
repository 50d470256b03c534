//! What readings come to by the minute and by the hour.

mod answers;
mod disturbed;
mod kept;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use healthcare_application::clock::Clock;
use healthcare_infrastructure::{clock::SystemClock, database::Database};
use healthcare_telemetry_gateway::ingest::roll_up::{Rest, roll_up};

/// Counts what stands in the rollups and not in the readings or the other way round, of hours that are not marked.
pub const DIFFERENCES: &str = "
    with counted as (
        select r.device_id, r.code, r.time, a.patient_id, r.value
        from telemetry.reading r
        join telemetry.assignment a on a.device_id = r.device_id and a.valid_from <= r.time
            and (a.valid_to is null or r.time < a.valid_to)
        where r.quality & 4 = 0 and r.value is not null),
    truth as (
        select device_id, code, date_bin('1 minute', time, 'epoch') as at, patient_id, 'minute' as by,
            count(*) as n, min(value) as low, max(value) as high, sum(value::numeric) as total
        from counted group by 1, 2, 3, 4
        union all
        select device_id, code, date_bin('1 hour', time, 'epoch'), patient_id, 'hour',
            count(*), min(value), max(value), sum(value::numeric)
        from counted group by 1, 2, 3, 4),
    rolled as (
        select device_id, code, at, patient_id, 'minute' as by, n::bigint, low, high, total from telemetry.rollup_minute
        union all
        select device_id, code, at, patient_id, 'hour', n::bigint, low, high, total from telemetry.rollup_hour),
    different as (
        (select * from truth except select * from rolled) union all (select * from rolled except select * from truth)),
    marked as (
        select device_id, hour from telemetry.rollup_dirty union select device_id, hour from telemetry.rollup_taken)
    select count(*) from different d where not exists (
        select from marked m where m.device_id = d.device_id and m.hour = date_bin('1 hour', d.at, 'epoch'))";

/// Longer than that no transaction of another test is open.
const PATIENCE: Duration = Duration::from_secs(120);

/// Lets no hour rest.
pub const AT_ONCE: Rest = Rest { over: TimeDelta::zero(), changed: TimeDelta::zero() };

/// Rolls up until nothing of what began before `ago` is left to do. It waits for whatever transaction is under way on
/// this server.
pub async fn roll_all_up(db: &Database, ago: TimeDelta) {
    let begun = Instant::now();
    loop {
        // A second ahead of the marks; the hour under way counts as over.
        let now = SystemClock.now() + TimeDelta::seconds(1);
        roll_up(db, now, Rest { over: ago - TimeDelta::hours(1), ..AT_ONCE }).await.expect("rolled up");
        let left = "select (select count(*) from telemetry.rollup_dirty where hour <= now() - $1::text::interval)
            + (select count(*) from telemetry.rollup_taken)";
        let client = db.get().await.expect("a connection");
        let seconds = format!("{} seconds", ago.num_seconds());
        let left: i64 = client.query_one(left, &[&seconds]).await.expect("counted").get(0);
        drop(client);
        if left == 0 {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{left} hours are not rolled up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
