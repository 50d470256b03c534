//! Writers, assignments entered afterwards, two workers, and a killer: whatever stands unmarked is right at any moment.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use healthcare_application::clock::Clock;
use healthcare_domain::id::DeviceId;
use healthcare_infrastructure::{clock::SystemClock, database::Database, embedded::roles};
use healthcare_telemetry_gateway::{
    enrich::Enriched,
    ingest::roll_up::roll_up,
    normalise::{DeviceRef, Normalised, Observed},
    quality::Quality,
    signal::Signal,
    store::{readings, rollup},
};
use healthcare_tests::record::Record;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rust_decimal::Decimal;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{AT_ONCE, DIFFERENCES, roll_all_up};

const DEVICES: usize = 8;
const HOURS: i64 = 12;
const WRITERS: usize = 5;
const SIGNALS: [&str; 3] = ["8867-4", "59408-5", "8310-5"];
/// How long it is disturbed, and what must have happened at the least.
const LASTING: Duration = Duration::from_secs(5);
const STORED: usize = 150;
const KILLED: usize = 10;
const CORRECTED: usize = 10;
const LOOKED: usize = 20;
const PATIENCE: Duration = Duration::from_secs(180);

/// The devices, the patients they may be on, and the hour it begins with.
struct Ground {
    devices: Vec<Uuid>,
    patients: Vec<Uuid>,
    base: DateTime<Utc>,
}

#[derive(Default)]
struct Counted {
    stored: AtomicUsize,
    corrected: AtomicUsize,
    killed: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rollups_are_what_the_readings_come_to_with_a_fixed_seed() {
    disturb(20_261_122).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rollups_are_what_the_readings_come_to_with_a_random_seed() {
    disturb(rand::rng().random()).await;
}

async fn disturb(seed: u64) {
    println!("seed {seed}");
    let record = Record::new().await;
    let db = record.platform.db.clone();
    let ids = |count| (0..count).map(|_| record.id()).collect::<Vec<Uuid>>();
    let second = SystemClock.now().timestamp() - (HOURS + 2) * 3600;
    let base = DateTime::from_timestamp(second - second % 3600, 0).expect("an hour");
    let ground = Arc::new(Ground { devices: ids(DEVICES), patients: ids(4), base });
    for device in &ground.devices {
        let half = base + TimeDelta::hours(HOURS / 2);
        let sql = "insert into telemetry.assignment (device_id, patient_id, valid_from, valid_to)
            values ($1, $2, $4, $5), ($1, $3, $5, null)";
        let [first, second] = [ground.patients[0], ground.patients[1]];
        record.owner.execute(sql, &[device, &first, &second, &base, &half]).await.expect("assigned");
    }
    let (counted, stop) = (Arc::new(Counted::default()), CancellationToken::new());
    let rng = |n: u64| StdRng::seed_from_u64(seed.wrapping_add(n << 8));
    let mut running = vec![];
    for n in 0..WRITERS {
        let writer = write(db.clone(), ground.clone(), rng(n as u64), counted.clone(), stop.clone());
        running.push(tokio::spawn(writer));
    }
    running.push(tokio::spawn(correct(db.clone(), ground.clone(), rng(100), counted.clone(), stop.clone())));
    for _ in 0..2 {
        running.push(tokio::spawn(work(db.clone(), stop.clone())));
    }
    running.push(tokio::spawn(kill(
        record.database.urls.superuser.clone(),
        record.database.name.clone(),
        rng(200),
        counted.clone(),
        stop.clone(),
    )));

    // One look is one snapshot.
    let looks_at = "select count(*) from telemetry.rollup_hour r where not exists (
        select from telemetry.rollup_dirty m where m.device_id = r.device_id and m.hour = r.at)";
    let (begun, mut looked) = (Instant::now(), 0);
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    while begun.elapsed() < LASTING
        || looked < LOOKED
        || count(&counted.stored) < STORED
        || count(&counted.corrected) < CORRECTED
        || count(&counted.killed) < KILLED
    {
        let differences: i64 = record.owner.query_one(DIFFERENCES, &[]).await.expect("compared").get(0);
        assert_eq!(differences, 0, "seed {seed}: rows of unmarked hours that are not what the readings come to");
        looked += usize::from(record.owner.query_one(looks_at, &[]).await.expect("counted").get::<_, i64>(0) > 0);
        assert!(begun.elapsed() < PATIENCE, "not enough has happened in {PATIENCE:?}");
    }
    stop.cancel();
    for task in running {
        task.await.expect("it ends");
    }
    roll_all_up(&db, TimeDelta::zero()).await;
    assert_eq!(record.count("telemetry.rollup_dirty").await, 0);
    assert_eq!(record.owner.query_one(DIFFERENCES, &[]).await.expect("compared").get::<_, i64>(0), 0);
    assert!(record.count("telemetry.rollup_minute").await > 100, "it was about something");
}

/// Stores readings as the gateway does, slowly: also late, without a value, with a wrong clock; and gives some up.
async fn write(db: Database, ground: Arc<Ground>, mut rng: StdRng, counted: Arc<Counted>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let rows: Vec<Enriched> = ground.readings(&mut rng);
        let slowly = async {
            let mut client = db.get().await?;
            let tx = client.transaction().await?;
            readings::insert(&tx, &rows.iter().collect::<Vec<_>>()).await?;
            sleep(Duration::from_millis(rng.random_range(0..15))).await;
            rollup::mark(&tx, &rows).await?;
            sleep(Duration::from_millis(rng.random_range(0..40))).await;
            if rng.random_ratio(1, 8) {
                tx.rollback().await?
            } else {
                tx.commit().await?
            }
            anyhow::Ok(())
        };
        if slowly.await.is_ok() {
            counted.stored.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Ground {
    /// Some readings of a device in an hour; half of the time in one of few hours, so that marks are found set.
    fn readings(&self, rng: &mut StdRng) -> Vec<Enriched> {
        let (devices, hours) = if rng.random() { (2, 2) } else { (DEVICES, HOURS) };
        let device = DeviceId(self.devices[rng.random_range(0..devices)]);
        let from = self.base + TimeDelta::hours(rng.random_range(0..hours));
        let count = rng.random_range(1..20);
        (0..count).map(|_| reading(device, from, rng)).collect()
    }
}

fn reading(device: DeviceId, from: DateTime<Utc>, rng: &mut StdRng) -> Enriched {
    let at = from + TimeDelta::microseconds(rng.random_range(0..3_600_000_000));
    let code = SIGNALS[rng.random_range(0..SIGNALS.len())];
    let value = rng.random_ratio(19, 20).then(|| Observed::Number(Decimal::new(rng.random_range(300..420), 1)));
    let reading = Normalised {
        index: 0,
        event_id: rng.random::<u64>().to_string(),
        device: DeviceRef::Id(device),
        signal: Signal::from_code(code).expect("a signal"),
        value,
        measured_at: at,
        governs_at: at,
        received_at: SystemClock.now(),
        seq: None,
        quality: if rng.random_ratio(1, 20) { Quality::CLOCK_OFF } else { Quality::LATE },
        trace: None,
    };
    Enriched { reading, device, patient: None }
}

/// Corrects to whom a device was assigned, and until when.
async fn correct(db: Database, ground: Arc<Ground>, mut rng: StdRng, counted: Arc<Counted>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let device = ground.devices[rng.random_range(0..DEVICES)];
        let patient = ground.patients[rng.random_range(0..ground.patients.len())];
        let half = ground.base + TimeDelta::hours(HOURS / 2);
        let (from, end) = if rng.random() { (ground.base, half) } else { (half, half + TimeDelta::hours(HOURS / 2)) };
        let until =
            end - TimeDelta::microseconds(rng.random_range(1..TimeDelta::hours(3).num_microseconds().expect("few")));
        let slowly = async {
            let mut client = db.get().await?;
            let tx = client.transaction().await?;
            if rng.random() {
                let sql = "update telemetry.assignment set patient_id = $3 where device_id = $1 and valid_from = $2";
                tx.execute(sql, &[&device, &from, &patient]).await?;
            } else {
                let sql = "update telemetry.assignment set valid_to = $3 where device_id = $1 and valid_from = $2";
                tx.execute(sql, &[&device, &from, &until]).await?;
            }
            sleep(Duration::from_millis(rng.random_range(0..40))).await;
            if rng.random_ratio(1, 8) {
                tx.rollback().await?
            } else {
                tx.commit().await?
            }
            anyhow::Ok(())
        };
        if slowly.await.is_ok() {
            counted.corrected.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// A node's worker, which is killed now and then as the others are.
async fn work(db: Database, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let _killed = roll_up(&db, SystemClock.now() + TimeDelta::seconds(1), AT_ONCE).await;
        sleep(Duration::from_millis(2)).await;
    }
}

/// Ends one backend of the application after the other, whatever it is doing.
async fn kill(url: String, database: String, mut rng: StdRng, counted: Arc<Counted>, stop: CancellationToken) {
    let superuser = roles::connect(&url.into()).await.expect("the superuser signs in");
    while !stop.is_cancelled() {
        sleep(Duration::from_millis(rng.random_range(50..250))).await;
        let sql = "select pg_terminate_backend(pid) from (
            select pid from pg_stat_activity where datname = $1 and usename = 'healthcare_app' and xact_start is not null
            order by random() limit 1) one";
        let killed = superuser.query(sql, &[&database]).await.expect("it kills");
        counted.killed.fetch_add(killed.len(), Ordering::Relaxed);
    }
}
