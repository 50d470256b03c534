//! Reporting: what is in the views, who may read them, and how they are rebuilt.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono_tz::Tz;
use healthcare_infrastructure::{
    database::Database,
    embedded::roles,
    event_log::{Feed, Ticker, catch_up, consume, tick},
    rebuild::rebuild_reporting,
    reporting::{PseudonymKey, Reporting},
    vault::{MasterKey, Vault},
};
use healthcare_tests::bare_record::{Record, record};
use tokio::time::sleep;
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use crate::{event_store::given::app, rebuild::life::life};

const ZONE: Tz = chrono_tz::Europe::Berlin;
const VIEWS: [&str; 6] =
    ["dim_date", "dim_patient", "fact_alert", "fact_encounter", "fact_medication_order", "fact_rule_finding"];

fn key() -> PseudonymKey {
    PseudonymKey::from_bytes([7; 32])
}

async fn report(record: &Record) -> Client {
    roles::connect(&record.database.urls.report.clone().into()).await.expect("the report role signs in")
}

async fn caught_up(record: &Record) {
    tick(&record.store.database().get().await.expect("a connection")).await.expect("ticks");
    catch_up(&Reporting::new(key(), ZONE), &record.store).await.expect("it follows");
}

/// All rows of a view but for the time of change.
async fn rows(client: &Client, view: &str) -> Vec<String> {
    let sql = format!("select (to_jsonb(v) - 'last_changed_at')::text from reporting.{view} v order by 1");
    client.query(&sql, &[]).await.expect("it answers").iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn the_views_say_what_happened_and_nobodys_name() {
    let record = record().await;
    let app = app(&record.store);
    let patient = life(&app, "Zzyzx").await;
    caught_up(&record).await;
    let client = report(&record).await;

    let row = client
        .query_one(
            "select p.sex, p.birth_year, p.pathway_stage, p.deceased, e.class, e.ward, e.status, e.disposition,
                e.length_minutes, e.started_on::text, e.started_date_key, d.day_name,
                e.started_at_utc::date::text, p.pseudonym
             from reporting.fact_encounter e join reporting.dim_patient p using (patient_key)
             join reporting.dim_date d on d.date_key = e.started_date_key",
            &[],
        )
        .await
        .expect("one visit");
    let text = |n: usize| row.get::<_, Option<String>>(n).unwrap_or_default();
    assert_eq!((text(0), text(2)), ("unknown".into(), "enrolled".into()));
    let this_year: i32 = chrono::Datelike::year(&crate::event_store::given::now());
    assert_eq!(row.get::<_, i32>(1), this_year - 90, "born in 1912, and shown as ninety");
    assert!(!row.get::<_, bool>(3));
    assert_eq!(
        (text(4), text(5), text(6), text(7)),
        ("inpatient".into(), "4B".into(), "finished".into(), "home".into())
    );
    assert_eq!(row.get::<_, i64>(8), 50 * 60);
    assert!(text(9) == "2026-01-16" && text(12) == "2026-01-15", "past midnight at the site: {} {}", text(9), text(12));
    assert_eq!((row.get::<_, i32>(10), text(11)), (20_260_116, "Friday".into()));
    assert_eq!(text(13), key().pseudonym(patient.0));

    let alerts = client
        .query(
            "select status, priority, escalations, highest_rung, seconds_to_acknowledge from reporting.fact_alert
             order by status",
            &[],
        )
        .await
        .expect("it answers");
    let alert = |n: usize| {
        let row = &alerts[n];
        (row.get::<_, String>(0), row.get::<_, i32>(2), row.get::<_, i32>(3), row.get::<_, Option<i64>>(4))
    };
    assert_eq!(alerts.len(), 2);
    assert_eq!(alert(0), ("active".into(), 1, 1, None));
    assert_eq!(alert(1), ("cleared".into(), 1, 1, Some(45)));

    let order = client
        .query_one(
            "select o.medication_code, o.medication_name, o.status, o.overrides, e.encounter_key is not null
             from reporting.fact_medication_order o left join reporting.fact_encounter e using (encounter_key)",
            &[],
        )
        .await
        .expect("one order");
    assert_eq!((order.get(0), order.get(1), order.get(2)), ("723", "amoxicillin", "stopped"));
    assert!(order.get::<_, bool>(4), "the order is joined to its visit");

    for view in &VIEWS[1..] {
        for row in rows(&client, view).await {
            for personal in ["Zzyzx", "Ana", "Maiden", "MRN", &patient.to_string()] {
                assert!(!row.contains(personal), "{view} holds {personal}: {row}");
            }
        }
    }
}

#[tokio::test]
async fn the_report_role_reads_the_views_and_nothing_else() {
    let record = record().await;
    life(&app(&record.store), "Zzyzx").await;
    caught_up(&record).await;
    let client = report(&record).await;
    for view in VIEWS {
        // Nothing was found of this patient; what the view of findings holds then is told in `governance::report`.
        assert_eq!(rows(&client, view).await.is_empty(), view == "fact_rule_finding", "{view}");
    }
    // Whatever else there is in this database, asked for and tried.
    let relations = record
        .owner()
        .await
        .query(
            "select format('%I.%I', n.nspname, c.relname), n.nspname = 'reporting' from pg_class c
             join pg_namespace n on n.oid = c.relnamespace
             where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'v', 'm', 'p', 'S')",
            &[],
        )
        .await
        .expect("it answers");
    let mut refused = 0;
    for relation in &relations {
        let (name, is_view): (String, bool) = (relation.get(0), relation.get(1));
        let read = client.query(&format!("select * from {name} limit 1"), &[]).await;
        if is_view {
            read.expect("a view is read");
            let writes = format!("delete from {name}");
            assert!(client.execute(&writes, &[]).await.is_err(), "{name} can be written");
        } else {
            let error = read.err().unwrap_or_else(|| panic!("{name} can be read"));
            assert_eq!(error.code().map(|code| code.code()), Some("42501"), "{name}: {error}");
            refused += 1;
        }
    }
    assert!(refused > 15, "only {refused} relations were tried");
    for escape in [
        "select es.pass_safety(gen_random_uuid(), null)",
        "call es.catch_up_transactions()",
        "create table public.mine (n int)",
        "create temp table mine as select * from es.event",
        "set role healthcare_app",
        "copy (select 1) to program 'true'",
    ] {
        assert!(client.batch_execute(escape).await.is_err(), "{escape}");
    }
}

#[tokio::test]
async fn the_views_are_what_power_bi_can_take() {
    let record = record().await;
    let columns = record
        .owner()
        .await
        .query(
            "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
                col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class')
             from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
             where c.relnamespace = 'reporting'::regnamespace",
            &[],
        )
        .await
        .expect("it answers");
    let plain = ["bigint", "integer", "text", "boolean", "date", "timestamp without time zone"];
    let mut views = BTreeSet::new();
    for column in &columns {
        let (view, name, kind): (String, String, String) = (column.get(0), column.get(1), column.get(2));
        assert!(plain.contains(&kind.as_str()), "{view}.{name} is {kind}");
        assert!(column.get::<_, Option<String>>(3).is_some_and(|says| says.len() > 8), "{view}.{name} says nothing");
        assert!(column.get::<_, Option<String>>(4).is_some(), "{view} says nothing");
        assert!(!name.ends_with("_key") || ["bigint", "integer"].contains(&kind.as_str()), "{view}.{name} is {kind}");
        assert!(!name.ends_with("date_key") || kind == "integer", "{view}.{name} is {kind}");
        views.insert(view);
    }
    assert_eq!(views.iter().map(String::as_str).collect::<Vec<_>>(), VIEWS);
    for view in &VIEWS[1..] {
        let changed = columns.iter().any(|c| c.get::<_, &str>(0) == *view && c.get::<_, &str>(1) == "last_changed_at");
        assert!(changed, "{view} cannot be refreshed incrementally");
        let plan = format!(
            "set enable_seqscan = off; explain select * from reporting.{view}
             where last_changed_at >= '2026-01-01' and last_changed_at < '2026-02-01'"
        );
        let lines = record.owner().await.simple_query(&plan).await.expect("explained");
        let text = format!("{lines:?}");
        assert!(text.contains("_by_change"), "{view} is not read by its index: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rebuild_takes_the_place_of_what_served_all_the_while() {
    let record = record().await;
    let (stop, store) = (CancellationToken::new(), record.store.clone());
    let feed = Feed::start(store.database().clone(), stop.clone());
    let ticking = tokio::spawn(Ticker::new(&store).run(stop.clone()));
    let following = Arc::new(Reporting::new(key(), ZONE));
    let following = tokio::spawn(consume(following, store.clone(), feed, stop.clone()));
    let (writing, app) = (stop.clone(), app(&record.another_store()));
    for n in 0..5 {
        life(&app, &format!("Before{n}")).await;
    }
    let writer = tokio::spawn(async move {
        let mut lives = 5;
        while !writing.is_cancelled() {
            life(&app, &format!("During{lives}")).await;
            lives += 1;
            sleep(Duration::from_millis(30)).await;
        }
        lives
    });
    // What rules come to is reported as it is counted, and rebuilt by nobody: the view has to outlive the swap.
    let told = "insert into governance.firing
        (id, subject, via, trigger, rule, rule_version, severity, fired_at, outcome)
        values (gen_random_uuid(), gen_random_uuid(), 'hook', 'order-sign', 'r', 1, 'info', '2026-01-15T23:30Z', 'noted')";
    record.owner().await.batch_execute(told).await.expect("told");
    let client = report(&record).await;
    while client.query("select from reporting.dim_patient", &[]).await.expect("it serves").len() < 5 {
        sleep(Duration::from_millis(20)).await;
    }
    // A reader that asks all the time, and never sees fewer patients than before.
    let (reading, asking) = (CancellationToken::new(), report(&record).await);
    let reader = tokio::spawn({
        let reading = reading.clone();
        async move {
            let (mut asked, mut most) = (0, 0);
            while !reading.is_cancelled() {
                let seen = asking.query("select from reporting.dim_patient", &[]).await.expect("it serves").len();
                assert!(seen >= most, "{seen} patients after {most}");
                (asked, most) = (asked + 1, seen);
            }
            asked
        }
    });
    let owner = Database::connect(&record.database.urls.owner.clone().into(), 3).expect("a URL");
    for _ in 0..2 {
        rebuild_reporting(&owner, vault(&record), key(), ZONE).await.expect("rebuilt");
    }
    reading.cancel();
    assert!(reader.await.expect("the reader saw no step back") > 10);
    sleep(Duration::from_millis(1_500)).await;
    stop.cancel();
    let lives = writer.await.expect("the writer ends");
    following.await.expect("it stops");
    ticking.await.expect("it stops");

    caught_up(&record).await;
    let mut live = Vec::new();
    for view in &VIEWS[1..] {
        live.push(rows(&client, view).await);
    }
    let found = &live[4];
    assert!(found.len() == 1 && found[0].contains("2026-01-16"), "past midnight at the site: {found:?}");
    assert_eq!(live[0].len(), lives);
    rebuild_reporting(&owner, vault(&record), key(), ZONE).await.expect("rebuilt");
    for (view, live) in VIEWS[1..].iter().zip(live) {
        assert_eq!(rows(&client, view).await, live, "{view}");
    }
}

#[tokio::test]
async fn another_key_or_zone_asks_for_a_rebuild() {
    let record = record().await;
    life(&app(&record.store), "Zzyzx").await;
    caught_up(&record).await;
    let other = PseudonymKey::from_bytes([8; 32]);
    for refused in [Reporting::new(other.clone(), ZONE), Reporting::new(key(), chrono_tz::UTC)] {
        let error = catch_up(&refused, &record.store).await.expect_err("refused");
        let cause = std::error::Error::source(&error).expect("a cause").to_string();
        assert!(cause.contains("healthcare rebuild reporting"), "{cause}");
    }
    let owner = Database::connect(&record.database.urls.owner.clone().into(), 3).expect("a URL");
    rebuild_reporting(&owner, vault(&record), other.clone(), chrono_tz::UTC).await.expect("rebuilt");
    catch_up(&Reporting::new(other, chrono_tz::UTC), &record.store).await.expect("it goes on");
    assert!(catch_up(&Reporting::new(key(), ZONE), &record.store).await.is_err(), "the former key is out");
}

fn vault(record: &Record) -> Vault {
    let keys = Database::connect(&record.database.urls.keys.clone().into(), 2).expect("a URL");
    let path = record.directory.path().join("master.key");
    Vault::new(keys, MasterKey::load_or_create(&path).expect("a master key"))
}
