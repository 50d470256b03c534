//! The hypertable branch of the migrations, on the real extension: the same SQL as on plain partitions. (COPY does not
//! pass this server's socket: the incoming table is filled by INSERT, and the gateway's own statement goes on from there.)

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    App, Call,
    clock::Clock,
    telemetry::{VitalsQuery, VitalsSeries, get_vitals},
};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::{
    clock::SystemClock,
    database::{Database, migrate},
    views::PgReadModel,
};
use healthcare_telemetry_gateway::{ingest::clockwork, store::readings};
use healthcare_tests::{
    record::Record,
    timescale::{Edition, Timescale},
};
use uuid::Uuid;

use super::rollups::{DIFFERENCES, roll_all_up};

const HEART_RATE: i16 = 1;

/// A migrated database with a patient and a device, and a pool of its one session.
struct Store {
    db: Database,
    app: App,
    patient: Uuid,
    device: Uuid,
    now: DateTime<Utc>,
    _record: Record,
    _server: Timescale,
}

impl Store {
    async fn new(edition: Edition) -> Self {
        let server = Timescale::start(edition).await;
        let db = server.pool();
        let record = Record::new().await;
        let mut app = record.app.clone();
        app.read = Arc::new(PgReadModel::unguarded(db.clone()));
        let (patient, device, now) = (record.id(), record.id(), SystemClock.now());
        let store = Self { db, app, patient, device, now, _record: record, _server: server };
        store.run("set role healthcare_owner").await;
        let mut session = store.db.get().await.expect("the session");
        assert!(migrate(&mut session).await.expect("every migration is applied") > 0);
        assert_eq!(migrate(&mut session).await.expect("and each once"), 0);
        drop(session);
        store.run("set role healthcare_app").await;
        store
    }

    async fn run(&self, sql: &str) {
        self.db.get().await.expect("the session").batch_execute(sql).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    }

    async fn number(&self, sql: &str) -> i64 {
        let session = self.db.get().await.expect("the session");
        session.query_one(&format!("select ({sql})::int8"), &[]).await.unwrap_or_else(|e| panic!("{sql}: {e:?}")).get(0)
    }

    async fn readings(&self) -> i64 {
        self.number("select count(*) from telemetry.reading").await
    }

    async fn chunks(&self, which: &str) -> i64 {
        self.number(&format!(
            "select count(*) from timescaledb_information.chunks where hypertable_name = 'reading' and {which}"
        ))
        .await
    }

    async fn assign(&self, days_ago: i64) {
        let (session, since) = (self.db.get().await.expect("the session"), self.now - Duration::days(days_ago));
        let sql = "insert into telemetry.assignment (device_id, patient_id, valid_from) values ($1, $2, $3)";
        session.execute(sql, &[&self.device, &self.patient, &since]).await.expect("assigned");
    }

    /// Stores heart rates, given as (how long ago, value), by the gateway's statement; answers how many were new, and
    /// which were known before.
    async fn insert(&self, given: &[(Duration, f64)]) -> (u64, Vec<i64>) {
        let mut session = self.db.get().await.expect("the session");
        session.batch_execute(readings::INCOMING).await.expect("the incoming table");
        let tx = session.transaction().await.expect("begins");
        let mut events = vec![];
        for (ago, value) in given {
            let (time, event) = (self.now - *ago, SystemClock.new_id());
            let sql = "insert into pg_temp.telemetry_incoming
                (time, device_id, code, value, quality, event_id, received_at) values ($1, $2, $3, $4, 0::int2, $5, $6)";
            tx.execute(sql, &[&time, &self.device, &HEART_RATE, value, &event, &self.now]).await.expect("incoming");
            events.push(event);
        }
        let new = tx.execute(readings::INSERT, &[]).await.expect("stored");
        let sql = "select n from unnest($1::uuid[]) with ordinality i (event_id, n)
            where not exists (select from telemetry.reading r where r.event_id = i.event_id) order by n";
        let known = tx.query(sql, &[&events]).await.expect("asked").iter().map(|row| row.get(0)).collect();
        tx.commit().await.expect("commits");
        (new, known)
    }

    async fn vitals(&self, step: Option<u32>) -> VitalsSeries {
        let (call, patient) = (Call::system(self.patient), PatientId(self.patient));
        let (from, to) = (self.now - Duration::days(400), self.now + Duration::days(1));
        let query = VitalsQuery { patient, codes: vec!["8867-4".into()], from, to, step };
        get_vitals(&self.app, &call, query).await.expect("vitals")
    }

    async fn values(&self) -> Vec<f64> {
        let shown = self.vitals(None).await;
        shown.series.iter().flat_map(|s| &s.points).filter_map(|point| point.value).collect()
    }
}

fn days(n: i64) -> Duration {
    Duration::days(n)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hypertable_takes_compresses_and_retires_readings_and_loses_none_before_its_time() {
    let store = Store::new(Edition::Community).await;
    let form = clockwork::store_form(&store.db).await.expect("a form");
    assert_eq!(form, "hypertable with columnstore and retention policy");
    let hypertable = "select count(*) from timescaledb_information.dimensions
        where hypertable_name = 'reading' and column_name = 'time' and time_interval = '1 day'";
    assert_eq!(store.number(hypertable).await, 1);

    // On nobody at first: the assignment is entered afterwards, and holds from when it says.
    let second = Duration::seconds(1);
    let batch = [(days(20), 60.0), (days(10), 70.0), (days(10), 71.0), (days(0), 80.0), (second, 81.0)];
    assert_eq!(store.insert(&batch).await, (4, vec![3]), "the repeat within the batch is not stored");
    assert_eq!(store.insert(&batch[..2]).await, (0, vec![1, 2]), "nor is one of an earlier batch");
    store.assign(15).await;
    assert_eq!(store.values().await, [70.0, 81.0, 80.0], "from the day of the assignment on");
    assert_eq!(store.chunks("not is_compressed").await, 3, "a chunk a day");

    store.run("set role healthcare_owner").await;
    let job = "select job_id from timescaledb_information.jobs where hypertable_name = 'reading' and proc_name =";
    let compress = store.number(&format!("{job} 'policy_compression'")).await;
    store.run(&format!("call run_job({compress})")).await;
    assert_eq!((store.chunks("is_compressed").await, store.chunks("not is_compressed").await), (2, 1));
    store.run("set role healthcare_app").await;

    // Late ones and repeats into compressed chunks (timescaledb#7672: rows were dropped).
    let late = [(days(10), 99.0), (days(10) - second, 72.0), (days(20), 99.0), (days(20) - second, 61.0)];
    assert_eq!(store.insert(&late).await, (2, vec![1, 3]));
    assert_eq!(store.insert(&late).await.0, 0, "and a second time none");
    // The gateway copies straight into the store first, and goes that way when it is told of a repeat.
    let again = store.db.get().await.expect("the session");
    let repeat = "insert into telemetry.reading (time, device_id, code, value, quality, event_id, received_at)
        select time, device_id, code, value, quality, event_id, received_at from telemetry.reading where value = 70";
    let told = again.execute(repeat, &[]).await.expect_err("a repeat in a compressed chunk is noticed");
    assert_eq!(told.code().map(tokio_postgres::error::SqlState::code), Some("23505"));
    drop(again);
    assert_eq!(store.readings().await, 6);
    // A second assignment of the past reaches what is compressed.
    store.run("delete from telemetry.assignment").await;
    store.assign(30).await;
    assert_eq!(store.values().await, [60.0, 61.0, 70.0, 72.0, 81.0, 80.0]);
    let of_patient = format!("select count(*) from telemetry.reading where patient_id = '{}'", store.patient);
    assert_eq!(store.number(&of_patient).await, 6, "each row knows its patient");
    let by_month = store.vitals(Some(31 * 86_400)).await;
    let buckets = &by_month.series[0].buckets;
    assert_eq!(buckets.iter().map(|bucket| bucket.count).sum::<i64>(), 6);
    assert_eq!(buckets.iter().map(|bucket| bucket.min).fold(f64::MAX, f64::min), 60.0);
    // Rolled up, also of what is compressed, and marked by whoever assigns afterwards.
    assert!(store.number("select count(*) from telemetry.rollup_dirty").await >= 3);
    roll_all_up(&store.db, days(0)).await;
    assert_eq!(store.number(DIFFERENCES).await, 0);
    assert_eq!(store.number("select sum(n) from telemetry.rollup_hour").await, 6);
    assert_eq!(store.vitals(Some(31 * 86_400)).await, by_month);

    // Retention by the policy, and by the gateway's upkeep where no worker runs the policy.
    for by_policy in [true, false] {
        assert_eq!(store.insert(&[(days(95), 40.0), (days(88), 41.0)]).await.0, 1 + u64::from(by_policy));
        if by_policy {
            store.run("set role healthcare_owner").await;
            let retire = store.number(&format!("{job} 'policy_retention'")).await;
            store.run(&format!("call run_job({retire})")).await;
            store.run("set role healthcare_app").await;
        } else {
            clockwork::keep_up(&store.db).await.expect("kept up");
        }
        let old = "select count(*) from telemetry.reading where value = 40";
        assert_eq!((store.number(old).await, store.readings().await), (0, 7), "by its policy: {by_policy}");
    }
    // Of the days that are dropped the trend is still there.
    store.number("select telemetry.retire_partitions(7)").await;
    assert_eq!(store.values().await, [81.0, 80.0]);
    assert_eq!(store.vitals(Some(31 * 86_400)).await, by_month);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_edition_without_policies_keeps_and_retires_readings_all_the_same() {
    let store = Store::new(Edition::Apache).await;
    let form = clockwork::store_form(&store.db).await.expect("a form");
    assert_eq!(form, "hypertable without columnstore and policies: this edition or owner has none");
    store.assign(365).await;
    let batch = [(days(100), 40.0), (days(88), 41.0), (days(88), 42.0), (days(0), 80.0)];
    assert_eq!(store.insert(&batch).await, (3, vec![3]));
    assert_eq!(store.insert(&batch).await, (0, vec![1, 2, 3, 4]));
    assert_eq!(store.chunks("true").await, 3);
    assert_eq!(store.values().await, [40.0, 41.0, 80.0]);
    clockwork::keep_up(&store.db).await.expect("kept up");
    assert_eq!(store.values().await, [41.0, 80.0], "what is older than 90 days is gone, nothing else");
    assert_eq!(store.chunks("true").await, 2);
}
