//! What a merge brings besides entries: alerts, appointments and what they keep, who was told, reports, pathways, the latest
//! values of monitors. Each is counted where it stands, so that a table that is left out is noticed; that it would be is shown.

use std::{collections::BTreeMap, time::Duration};

use healthcare_application::{Call, Role, alert::raise_alert};
use healthcare_domain::{
    alert::{AlertContent, Priority},
    id::PatientId,
};
use healthcare_tests::{
    app::{TestApp, spawn_app},
    server::until,
};
use serde_json::json;

use super::{listed, merge, person, registered, unmerge};
use crate::{encounter::admit, scheduling::Clinic, scheduling::in_hours};

/// The tables that are counted.
const TABLES: [&str; 7] = [
    "read.alert",
    "read.entry",
    "read.appointment",
    "read.booking",
    "read.waitlist",
    "live.notification",
    "access.relationship",
];

/// How many rows of each are a patient's; of the entries, those beside who they are.
async fn rows(app: &TestApp, patient: &str) -> BTreeMap<&'static str, i64> {
    let mut rows = BTreeMap::new();
    for table in TABLES {
        let beside = if table == "read.entry" { " and kind <> 'patient'" } else { "" };
        rows.insert(table, app.count(&format!("{table} where patient_id = '{patient}'{beside}")).await);
    }
    rows
}

fn is_of(patient: &str) -> PatientId {
    PatientId(patient.parse().expect("an id"))
}

/// Raises an alert for a patient; its id.
async fn alarm(app: &TestApp, patient: &str) -> String {
    let content = AlertContent {
        patient: is_of(patient),
        rule: "news2".into(),
        rule_version: "1".into(),
        priority: Priority::High,
        title: "NEWS2 9".into(),
        message: "NEWS2 is 9".into(),
        measured_at: app.platform.app.clock.now(),
        device: None,
        evidence: vec![],
    };
    let call = Call::system(app.platform.app.clock.new_id());
    raise_alert(&app.platform.app, &call, content).await.expect("raised").id.to_string()
}

#[tokio::test]
async fn alerts_and_appointments_go_with_the_record_and_come_back() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "B-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "B-2")).await;
    admit(&app, &eva).await;
    let booked = clinic.book(&eva, in_hours(48)).await.expect(201).id();
    clinic.wait(&eva, "urgent").await;
    let alert = alarm(&app, &eva).await;
    let (before, own) = (rows(&app, &eva).await, rows(&app, &ana).await);
    assert!(before.values().all(|count| *count > 0), "there is something of each to lose: {before:?}");

    merge(&app, &ana, &eva).await.expect(200);
    let sum = |a: &BTreeMap<&'static str, i64>, b: &BTreeMap<&'static str, i64>| -> BTreeMap<&'static str, i64> {
        a.iter().map(|(table, count)| (*table, count + b[table])).collect()
    };
    let (held, left) = (rows(&app, &ana).await, rows(&app, &eva).await);
    for (table, count) in sum(&before, &own) {
        // Who is told follows the log: more may have been told since they were counted.
        let grows = table == "live.notification";
        assert!(held[table] == count || grows && held[table] > count, "{table}: {held:?}, of {before:?} and {own:?}");
    }
    assert!(left.values().all(|count| *count == 0), "{left:?}");
    assert_eq!(listed(&app, &ana, "appointments").await, std::slice::from_ref(&booked));
    let shown = app.get(Role::Doctor, &format!("/api/v1/alerts/{alert}")).await.expect(200).body;
    assert_eq!(shown["patient"], json!(ana));
    // They go on: the alert is answered, the appointment is kept.
    app.post(Role::Doctor, &format!("/api/v1/alerts/{alert}/acknowledge"), json!({})).await.expect(200);
    let taken = clinic.book(&ana, in_hours(48)).await;
    assert_eq!(taken.status, 409, "the doctor is still taken then");

    unmerge(&app, &ana, &eva, &[]).await.expect(200);
    let (held, back) = (rows(&app, &ana).await, rows(&app, &eva).await);
    for table in TABLES {
        assert!(back[table] >= before[table], "{table}: {back:?}");
    }
    for table in ["read.alert", "read.appointment", "read.booking", "read.waitlist"] {
        assert_eq!(held[table], own[table], "{table}");
    }
    assert_eq!(listed(&app, &eva, "appointments").await, [booked]);
    assert!(listed(&app, &ana, "appointments").await.is_empty());
    let shown = app.get(Role::Doctor, &format!("/api/v1/alerts/{alert}")).await.expect(200).body;
    assert_eq!((&shown["patient"], &shown["status"]), (&json!(eva), &json!("acknowledged")));

    // A table that no merge knew of would be noticed by the counts.
    app.owner()
        .await
        .batch_execute("delete from access.merge_catalogue where name = 'read.appointment'")
        .await
        .expect("ok");
    let version = json!({ "duplicate": eva, "survivor_version": 1, "duplicate_version": 1, "reason": "one passport" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{ana}/merge"), version).await.expect(200);
    assert_eq!(rows(&app, &eva).await["read.appointment"], 1, "left behind");
}

#[tokio::test]
async fn reports_count_what_was_merged_for_the_survivor_and_apart_again() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "B-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "B-2")).await;
    admit(&app, &eva).await;
    alarm(&app, &eva).await;
    let owner = app.owner().await;
    // How many people there are, and of how many of them the facts are; 1950 and 1960 tell them apart.
    let told = async || {
        let sql = "select (select count(*) from reporting.dim_patient),
            (select array_agg(p.birth_year) from reporting.fact_encounter e join reporting.dim_patient p using (patient_key)),
            (select array_agg(p.birth_year) from reporting.fact_alert a join reporting.dim_patient p using (patient_key))";
        let row = owner.query_one(sql, &[]).await.expect("a row");
        let years = |n: usize| row.get::<_, Option<Vec<i32>>>(n).unwrap_or_default();
        (row.get::<_, i64>(0), years(1), years(2))
    };
    let comes = async |expected: (i64, Vec<i32>, Vec<i32>)| {
        until(&format!("{expected:?}"), Duration::from_secs(60), async || (told().await == expected).then_some(()))
            .await;
    };
    comes((2, vec![1960], vec![1960])).await;
    merge(&app, &ana, &eva).await.expect(200);
    comes((1, vec![1950], vec![1950])).await;
    unmerge(&app, &ana, &eva, &[]).await.expect(200);
    comes((2, vec![1960], vec![1960])).await;
}

#[tokio::test]
async fn a_list_by_stage_shows_the_survivor_where_the_duplicate_stood() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "B-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "B-2")).await;
    let enrol = async |patient: &str| {
        let path = format!("/api/v1/patients/{patient}/pathway");
        app.post(Role::Nurse, &path, json!({ "stage": "enrolled" })).await.expect(200);
    };
    let at = async |stage: &str| -> Vec<String> {
        let page = app.get(Role::Nurse, &format!("/api/v1/patients?stage={stage}")).await.expect(200).body;
        let items = page["items"].as_array().cloned().expect("items");
        items.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
    };
    enrol(&eva).await;
    assert_eq!(at("enrolled").await, std::slice::from_ref(&eva));
    let versions = json!({ "duplicate": eva, "survivor_version": 1, "duplicate_version": 2, "reason": "one passport" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{ana}/merge"), versions).await.expect(200);
    assert_eq!(at("enrolled").await, std::slice::from_ref(&ana), "who is followed is not lost from the list");
    // Once the survivor stands somewhere on it, that is where they stand.
    enrol(&ana).await;
    app.post(Role::Nurse, &format!("/api/v1/patients/{ana}/pathway"), json!({ "stage": "device" })).await.expect(200);
    assert!(at("enrolled").await.is_empty());
    assert_eq!(at("device").await, std::slice::from_ref(&ana));
    unmerge(&app, &ana, &eva, &[]).await.expect(200);
    assert_eq!(at("enrolled").await, [eva]);
    assert_eq!(at("device").await, [ana]);
}

/// Both had monitors: of each sign the newer value is the survivor's, and each has their own again afterwards.
#[tokio::test]
async fn the_latest_values_of_two_monitors_are_the_newer_ones_and_come_apart_again() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "B-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "B-2")).await;
    let owner = app.owner().await;
    let signals = owner.query("select code from telemetry.signal order by code limit 3", &[]).await.expect("signals");
    let [both, older, only] = [0, 1, 2].map(|n| signals[n].get::<_, i16>(0));
    let fill = format!(
        "insert into telemetry.latest (patient_id, code, value, at, received_at) values
            ('{ana}', {both}, 80, '2026-01-01 08:00Z', now()), ('{eva}', {both}, 95, '2026-01-01 09:00Z', now()),
            ('{ana}', {older}, 12, '2026-01-01 09:00Z', now()), ('{eva}', {older}, 30, '2026-01-01 08:00Z', now()),
            ('{eva}', {only}, 97, '2026-01-01 08:30Z', now());
         insert into telemetry.monitor (patient_id, due_at) values ('{ana}', null), ('{eva}', now() + interval '1 day')"
    );
    owner.batch_execute(&fill).await.expect("two monitors");
    let values = async |patient: &str| -> Vec<(i16, f64)> {
        let sql = format!("select code, value from telemetry.latest where patient_id = '{patient}' order by code");
        let rows = owner.query(&sql, &[]).await.expect("values");
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    let before = (values(&ana).await, values(&eva).await);
    merge(&app, &ana, &eva).await.expect(200);
    assert_eq!(values(&ana).await, [(both, 95.0), (older, 12.0), (only, 97.0)]);
    let clock = format!("telemetry.monitor where patient_id = '{eva}' and due_at is not null");
    assert_eq!(app.count(&clock).await, 0, "nobody waits for a patient who is another one now");
    unmerge(&app, &ana, &eva, &[]).await.expect(200);
    assert_eq!((values(&ana).await, values(&eva).await), before);
}
