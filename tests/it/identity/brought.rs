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

/// Both were measured: of each sign the newer value is the survivor's, it stays so when the monitor looks again, and each
/// has their own again afterwards.
#[tokio::test]
async fn the_latest_values_of_two_registrations_are_the_newer_ones_and_come_apart_again() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "B-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "B-2")).await;
    let ago = |minutes: i64| app.platform.app.clock.now() - chrono::Duration::minutes(minutes);
    let stay = async |patient: &str| {
        let admission = json!({ "class": "inpatient", "started_at": ago(60) });
        let path = format!("/api/v1/patients/{patient}/encounters");
        app.post(Role::Nurse, &path, admission).await.expect(201).id()
    };
    let (of_ana, of_eva) = (stay(&ana).await, stay(&eva).await);
    let charted = async |stay: &str, minutes: i64, sign: &str, value: &str, unit: &str| {
        let vitals =
            json!({ "measured_at": ago(minutes), "measurements": [{ "sign": sign, "value": value, "unit": unit }] });
        app.post(Role::Nurse, &format!("/api/v1/encounters/{stay}/vitals"), vitals).await.expect(201);
    };
    charted(&of_ana, 20, "heart_rate", "80", "/min").await;
    charted(&of_ana, 10, "respiratory_rate", "12", "/min").await;
    charted(&of_eva, 10, "heart_rate", "95", "/min").await;
    charted(&of_eva, 20, "respiratory_rate", "30", "/min").await;
    charted(&of_eva, 15, "temperature", "37.5", "Cel").await;
    let owner = app.owner().await;
    let values = async |patient: &str| -> Vec<f64> {
        let sql = format!("select value from telemetry.latest where patient_id = '{patient}' order by value");
        owner.query(&sql, &[]).await.expect("values").iter().map(|row| row.get(0)).collect()
    };
    let holds = async |patient: &str, expected: &[f64]| {
        let what = format!("{expected:?}");
        until(&what, Duration::from_secs(60), async || (values(patient).await == expected).then_some(())).await;
    };
    // As when a limit is changed, or a time has come; what a monitor does not know it forgets.
    let look_again = async |patient: &str| {
        let due =
            format!("update telemetry.monitor set due_at = now() - interval '1 s' where patient_id = '{patient}'");
        owner.batch_execute(&due).await.expect("due");
        let waits = format!("telemetry.monitor where patient_id = '{patient}' and due_at < now()");
        until("a look", Duration::from_secs(60), async || (app.count(&waits).await == 0).then_some(())).await;
    };
    holds(&ana, &[12.0, 80.0]).await;
    holds(&eva, &[30.0, 37.5, 95.0]).await;
    merge(&app, &ana, &eva).await.expect(200);
    holds(&ana, &[12.0, 37.5, 95.0]).await;
    look_again(&ana).await;
    assert_eq!(values(&ana).await, [12.0, 37.5, 95.0]);
    let clock = format!("telemetry.monitor where patient_id = '{eva}' and due_at is not null");
    assert_eq!(app.count(&clock).await, 0, "nobody waits for a patient who is another one now");
    unmerge(&app, &ana, &eva, &[]).await.expect(200);
    holds(&ana, &[12.0, 80.0]).await;
    holds(&eva, &[30.0, 37.5, 95.0]).await;
}
