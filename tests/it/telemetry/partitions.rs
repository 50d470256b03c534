//! Daily partitions on plain PostgreSQL: rows outside of them are found a place, and old ones go by whole days.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use healthcare_application::clock::Clock;
use healthcare_infrastructure::{clock::SystemClock, database::Database};
use healthcare_telemetry_gateway::ingest::clockwork;
use healthcare_tests::record::Record;

struct Store {
    record: Record,
    db: Database,
    today: NaiveDate,
}

impl Store {
    async fn new() -> Self {
        let record = Record::new().await;
        let db = record.platform.db.clone();
        Self { record, db, today: SystemClock.now().date_naive() }
    }

    fn day(&self, from_today: i64) -> NaiveDate {
        let days = Days::new(from_today.unsigned_abs());
        let day = if from_today < 0 { self.today.checked_sub_days(days) } else { self.today.checked_add_days(days) };
        day.expect("a day of this age")
    }

    /// The first and the last moment of a day.
    fn ends(&self, from_today: i64) -> [DateTime<Utc>; 2] {
        let start = self.day(from_today).and_time(chrono::NaiveTime::MIN).and_utc();
        [start, start + chrono::Duration::days(1) - chrono::Duration::microseconds(1)]
    }

    /// A reading at the first and at the last moment of each of these days.
    async fn readings_of(&self, days: &[i64]) {
        let client = self.db.get().await.expect("a connection");
        for at in days.iter().flat_map(|day| self.ends(*day)) {
            let sql = "insert into telemetry.reading (time, device_id, code, value, quality, event_id, received_at)
                values ($1, gen_random_uuid(), 1, 70, 0, gen_random_uuid(), now())";
            client.execute(sql, &[&at]).await.expect("stored");
        }
    }

    async fn partitions(&self) -> BTreeSet<String> {
        let sql = "select inhrelid::regclass::text from pg_inherits where inhparent = 'telemetry.reading'::regclass";
        self.record.owner.query(sql, &[]).await.expect("partitions").iter().map(|row| row.get(0)).collect()
    }

    fn partition(&self, from_today: i64) -> String {
        format!("telemetry.reading_{}", self.day(from_today).format("%Y%m%d"))
    }

    async fn make_ahead(&self, days: i32) {
        let client = self.db.get().await.expect("a connection");
        client.query_one("select telemetry.ensure_partitions($1)", &[&days]).await.expect("made");
    }
}

#[tokio::test]
async fn what_fell_outside_of_the_partitions_moves_into_one_when_there_is_one() {
    let store = Store::new().await;
    let count = async |of: &str| store.record.count(of).await;
    assert_eq!(clockwork::store_form(&store.db).await.expect("a form"), "daily partitions");
    // A backfill of three days, a device far ahead, one far behind, and today.
    store.readings_of(&[-3, 0, 12, 30, -200]).await;
    assert_eq!(count("telemetry.reading_default").await, 8, "two for each day without a partition");
    assert!(!store.partitions().await.contains(&store.partition(12)));

    store.make_ahead(14).await;
    assert_eq!(count("telemetry.reading").await, 10, "nothing is lost or doubled");
    for day in [-3, 0, 12] {
        assert_eq!(count(&store.partition(day)).await, 2, "both ends of day {day} lie in its partition");
    }
    assert_eq!(count("telemetry.reading_default").await, 4, "too far ahead, and too old for a partition");
    let parts = store.partitions().await;
    let expected: BTreeSet<String> =
        (-1..=14).chain([-3]).map(|day| store.partition(day)).chain(["telemetry.reading_default".to_owned()]).collect();
    assert_eq!(parts, expected);

    // What came twice is still found to be there where it has moved to.
    let [first, _] = store.ends(12);
    let again = "insert into telemetry.reading (time, device_id, code, value, quality, event_id, received_at)
        select time, device_id, code, value, quality, event_id, received_at from telemetry.reading where time = $1
        on conflict (device_id, code, time) do nothing";
    let client = store.db.get().await.expect("a connection");
    assert_eq!(client.execute(again, &[&first]).await.expect("asked"), 0);
    store.make_ahead(14).await;
    assert_eq!(store.partitions().await, expected, "a second time there is nothing to do");
}

#[tokio::test]
async fn retention_takes_whole_days_of_the_age_set_and_nothing_younger() {
    let store = Store::new().await;
    store.readings_of(&[-91, -90, -89, -8, 0]).await;
    store.make_ahead(7).await;
    // Made when it was young: a partition of a day that has grown too old since.
    let [start, _] = store.ends(-91);
    let [end, _] = store.ends(-90);
    let (old, [start, end]) = (store.partition(-91), [start, end].map(|at| at.to_rfc3339()));
    store
        .record
        .owner
        .batch_execute(&format!(
            "create table {old} (like telemetry.reading including defaults);
             with moved as (delete from telemetry.reading_default where time < '{end}' returning *)
             insert into {old} select * from moved;
             alter table telemetry.reading attach partition {old} for values from ('{start}') to ('{end}')"
        ))
        .await
        .expect("an old partition");
    store.readings_of(&[-300]).await;
    assert_eq!(store.record.count("telemetry.reading").await, 12);
    let before = store.partitions().await;

    clockwork::keep_up(&store.db).await.expect("kept up");
    let mut kept = before.clone();
    assert!(kept.remove(&old));
    assert_eq!(store.partitions().await, kept, "one partition is dropped, no other");
    assert_eq!(store.record.count("telemetry.reading").await, 8, "90 days ago and younger is all there");
    assert_eq!(store.record.count("telemetry.reading_default").await, 0, "the far past went with it");

    let client = store.db.get().await.expect("a connection");
    let retired = client.query_one("select telemetry.retire_partitions(0)", &[]).await.expect("retired");
    assert_eq!(retired.get::<_, i32>(0), 3, "90, 89 and 8 days ago");
    assert_eq!(store.record.count("telemetry.reading").await, 2, "a week is kept whatever is asked");
}

#[tokio::test]
async fn retention_gives_way_to_a_reader_and_loses_nothing() {
    let store = Store::new().await;
    store.readings_of(&[-8]).await;
    store.make_ahead(7).await;
    let mut reader = store.db.get().await.expect("a connection");
    let reading = reader.transaction().await.expect("begins");
    reading.query("select count(*) from telemetry.reading", &[]).await.expect("reads");
    let client = store.db.get().await.expect("a connection");
    let refused = client.query_one("select telemetry.retire_partitions(7)", &[]).await.expect_err("in the way");
    assert_eq!(refused.code().map(tokio_postgres::error::SqlState::code), Some("55P03"), "lock timeout");
    assert!(store.partitions().await.contains(&store.partition(-8)));
    assert_eq!(store.record.count("telemetry.reading").await, 2);
    reading.commit().await.expect("ends");
    let retired = client.query_one("select telemetry.retire_partitions(7)", &[]).await.expect("retired");
    assert_eq!(retired.get::<_, i32>(0), 1);
}
