//! A merge beside the worker that brings alarms into the record: neither waits for the other where PostgreSQL does not see it.

use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::{
    app::{TestApp, spawn_app},
    server::until,
};
use serde_json::json;

use super::{merge, person, registered, unmerge};

/// Who waits for the alarms of a patient.
const WAITS: &str = "pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())";

/// A session that holds the alarms of a patient, as whoever carries them out does.
async fn holding(app: &TestApp, patient: &str) -> tokio_postgres::Client {
    let session = app.owner().await;
    let hold = format!("begin; select pg_advisory_xact_lock(hashtextextended('alert-change:{patient}', 0))");
    session.batch_execute(&hold).await.expect("held");
    session
}

async fn somebody_waits(app: &TestApp) {
    let waits = async || (app.count(WAITS).await > 0).then_some(());
    until("somebody waits for the alarms", Duration::from_secs(60), waits).await;
}

#[tokio::test]
async fn a_merge_waits_for_the_alarms_of_both_and_keeps_nobody_from_appending_meanwhile() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "W-1")).await;
    let eva = registered(&app, person("Eva", "Berg", "1960-01-01", "W-2")).await;
    let worker = holding(&app, &eva).await;
    let meanwhile = async {
        somebody_waits(&app).await;
        registered(&app, person("Bo", "Holm", "1970-01-01", "W-4")).await;
        assert_eq!(app.count("es.survivor").await, 0, "it has not been merged");
        worker.batch_execute("rollback").await.expect("let go");
    };
    let (merged, ()) = tokio::join!(merge(&app, &ana, &eva), meanwhile);
    merged.expect(200);

    let worker = holding(&app, &ana).await;
    let meanwhile = async {
        somebody_waits(&app).await;
        registered(&app, person("Bo", "Holm", "1970-01-01", "W-5")).await;
        assert_eq!(app.count("es.survivor").await, 1, "it has not been taken apart");
        worker.batch_execute("rollback").await.expect("let go");
    };
    let (apart, ()) = tokio::join!(unmerge(&app, &ana, &eva, &[]), meanwhile);
    apart.expect(200);
}

#[tokio::test]
async fn alarms_are_carried_out_by_who_holds_them() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "W-3")).await;
    let path = format!("/api/v1/patients/{ana}/encounters");
    let admission =
        json!({ "class": "inpatient", "started_at": app.platform.app.clock.now() - chrono::Duration::hours(1) });
    let stay = app.post(Role::Nurse, &path, admission).await.expect(201).id();
    let other = holding(&app, &ana).await;
    let vitals = json!({ "measured_at": app.platform.app.clock.now(),
        "measurements": [{ "sign": "respiratory_rate", "value": "30", "unit": "/min" }] });
    app.post(Role::Nurse, &format!("/api/v1/encounters/{stay}/vitals"), vitals).await.expect(201);
    somebody_waits(&app).await;
    assert_eq!(app.count("read.alert").await, 0, "somebody else is at it");
    other.batch_execute("rollback").await.expect("let go");
    let raised = async || (app.count("read.alert").await > 0).then_some(());
    until("the alarm is in the record", Duration::from_secs(60), raised).await;
}
