use std::time::{Duration, Instant};

use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::{Ask as _, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::over_http::monitored;
use crate::encounter::admit;

fn reading(serial: &str, code: &str, value: Value, unit: Option<&str>) -> Value {
    let at = SystemClock.now() + chrono::Duration::milliseconds(1);
    let id = format!("{serial}-{code}-{}", at.timestamp_micros());
    json!({ "event_id": id, "serial": serial, "code": code, "value": value, "unit": unit, "measured_at": at })
}

async fn submit(app: &TestApp, readings: &[Value]) {
    let answer =
        app.post(Role::Device, "/api/v1/telemetry/readings", json!({ "readings": readings })).await.expect(200);
    assert_eq!(answer.body["accepted"], readings.len(), "{:#}", answer.body);
}

/// Waits until a count of rows is there.
async fn until(app: &TestApp, rows: &str, count: i64) {
    let since = Instant::now();
    while app.count(rows).await != count {
        assert!(since.elapsed() < Duration::from_secs(10), "{rows} never was {count}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn alerts(app: &TestApp, patient: &str) -> Vec<(String, String)> {
    let list = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/alerts")).await.expect(200).body;
    let text = |alert: &Value, field: &str| alert[field].as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> =
        list["items"].as_array().into_iter().flatten().map(|a| (text(a, "rule"), text(a, "priority"))).collect();
    all.sort();
    all
}

fn limits(warn: &str, critical: &str, hours: i64) -> Value {
    json!({ "low": { "warn": warn, "critical": critical }, "reason": "prescribed target",
        "expires_at": SystemClock.now() + chrono::Duration::hours(hours) })
}

async fn put(app: &TestApp, role: Role, path: &str, seen: Option<i64>, body: Value) -> healthcare_tests::app::Answer {
    let request = app.request(role, Method::PUT, path).await.json(&body);
    let request = if let Some(seen) = seen { request.header("if-match", format!("\"{seen}\"")) } else { request };
    request.answer().await
}

#[tokio::test]
async fn alarm_limits_set_for_a_patient_are_what_telemetry_alarms_by() {
    let app = spawn_app().await;
    let (patient, _) = monitored(&app, "MON-L").await;
    let path = format!("/api/v1/patients/{patient}/alarm-limits/2708-6");
    let set = put(&app, Role::SeniorClinician, &path, Some(0), limits("94", "92", 24)).await.expect(200);
    assert_eq!(set.header("etag"), Some("\"1\""));
    until(&app, "telemetry.monitor where jsonb_array_length(limits) = 1", 1).await;

    let listed = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/alarm-limits")).await.expect(200).body;
    let held = &listed["items"][0];
    assert_eq!((&held["sign"], &held["code"]), (&json!("spo2"), &json!("59408-5")), "{held:#}");
    assert_eq!((&held["low"]["critical"], &held["reason"]), (&json!("92"), &json!("prescribed target")));
    assert!(held["set_by"].is_string() && held["expires_at"].is_string(), "{held:#}");

    submit(&app, &[reading("MON-L", "59408-5", json!(91), Some("%"))]).await;
    until(&app, "read.alert where rule = 'limit:spo2:low' and priority = 'high'", 1).await;
    assert_eq!(app.count("es.event where event_type = 'patient.alarm-limits.set'").await, 1);
}

#[tokio::test]
async fn alarm_limits_have_bounds_an_end_and_somebody_who_may() {
    let app = spawn_app().await;
    let (patient, _) = monitored(&app, "MON-M").await;
    let path = format!("/api/v1/patients/{patient}/alarm-limits/59408-5");
    let good = || limits("88", "84", 24);
    let kind = |name: &str| format!("/problems/alarm-limits/{name}");
    put(&app, Role::Nurse, &path, Some(0), good()).await.expect_problem(403, "/problems/access/denied", &[]);
    let blind = put(&app, Role::Doctor, &path, None, good()).await;
    blind.expect_problem(428, "/problems/request/precondition-required", &["If-Match"]);
    put(&app, Role::Doctor, &path, Some(3), good()).await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    let muted = put(&app, Role::Doctor, &path, Some(0), limits("80", "70", 24)).await;
    muted.expect_problem(422, &kind("out-of-bounds"), &["/low"]);
    let inverted = put(&app, Role::Doctor, &path, Some(0), limits("84", "88", 24)).await;
    inverted.expect_problem(422, &kind("critical-not-beyond-warning"), &["/low"]);
    let long = put(&app, Role::Doctor, &path, Some(0), limits("88", "84", 24 * 8)).await;
    long.expect_problem(422, &kind("too-long"), &["/expires_at"]);
    let over = put(&app, Role::Doctor, &path, Some(0), limits("88", "84", -1)).await;
    over.expect_problem(422, &kind("expired"), &["/expires_at"]);
    let mut unreasoned = good();
    unreasoned["reason"] = json!(" ");
    let unreasoned = put(&app, Role::Doctor, &path, Some(0), unreasoned).await;
    unreasoned.expect_problem(422, "/problems/request/shape", &["/reason"]);
    let glucose = format!("/api/v1/patients/{patient}/alarm-limits/2339-0");
    put(&app, Role::Doctor, &glucose, Some(0), good()).await.expect_problem(422, &kind("no-such-alarm"), &["/low"]);
    let unknown = format!("/api/v1/patients/{patient}/alarm-limits/1-1");
    put(&app, Role::Doctor, &unknown, Some(0), good()).await.expect_problem(404, "/problems/request/not-found", &[]);
    assert_eq!(app.count("es.event where event_type = 'patient.alarm-limits.set'").await, 0);
    put(&app, Role::Doctor, &path, Some(0), good()).await.expect(200);
    let second = put(&app, Role::Doctor, &path, Some(1), limits("87", "83", 24)).await.expect(200);
    assert_eq!(second.header("etag"), Some("\"2\""));
}

#[tokio::test]
async fn a_pregnant_patient_is_watched_but_not_scored_until_the_pregnancy_is_over() {
    let app = spawn_app().await;
    let (patient, _) = monitored(&app, "MON-P").await;
    let pregnancy = json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "77386006" }] } });
    let problems = format!("/api/v1/patients/{patient}/problems");
    let problem = app.post(Role::Doctor, &problems, pregnancy).await.expect(201).id();
    let fast = |rate| reading("MON-P", "9279-1", json!(rate), Some("/min"));
    submit(&app, &[fast(26), reading("MON-P", "59408-5", json!(75), Some("%"))]).await;
    until(&app, "read.alert where rule = 'limit:spo2:low'", 1).await;
    assert_eq!(alerts(&app, &patient).await, [("limit:spo2:low".to_owned(), "high".to_owned())]);
    assert_eq!(app.count("telemetry.score").await, 0);
    let visit = admit(&app, &patient).await;
    let charted = json!({ "measurements": [{ "sign": "respiratory_rate", "value": "26", "unit": "/min" }] });
    let charted = app.post(Role::Nurse, &format!("/api/v1/encounters/{visit}/vitals"), charted).await.expect(201);
    assert_eq!(charted.body["news2"]["outcome"], "not-applicable", "{:#}", charted.body);
    assert_eq!(charted.body["news2"]["reasons"], json!(["pregnant"]));

    app.post(Role::Doctor, &format!("/api/v1/problems/{problem}/resolve"), json!({})).await.expect(200);
    let since = Instant::now();
    while app.count("read.alert where rule = 'news2'").await == 0 {
        assert!(since.elapsed() < Duration::from_secs(10), "never scored");
        submit(&app, &[fast(27)]).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let changed = "es.event where event_type = 'vitals.score.changed'";
    until(&app, changed, 1).await;
    let scores = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/scores")).await.expect(200).body;
    let score = &scores["items"][0];
    assert_eq!((&score["score"], &score["complete"]), (&json!("news2"), &json!(false)), "{score:#}");
    assert_eq!((&score["band"], &score["total"]), (&json!("medium"), &json!(6)), "{score:#}");
}

#[tokio::test]
async fn what_devices_say_of_consciousness_and_oxygen_is_charted_and_scored() {
    let app = spawn_app().await;
    let (patient, device) = monitored(&app, "MON-C").await;
    let said = [
        reading("MON-C", "80288-4", json!("V"), None),
        reading("MON-C", "on_oxygen", json!(true), None),
        reading("MON-C", "8867-4", json!(72), Some("/min")),
    ];
    submit(&app, &said).await;
    let chart = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    let latest = chart["latest_vitals"]["items"].as_array().expect("vital signs");
    let of = |code: &str| {
        latest.iter().find(|one| one["code"]["code"] == code).unwrap_or_else(|| panic!("{code}: {latest:#?}"))
    };
    assert_eq!((&of("80288-4")["measurement"]["value"], &of("80288-4")["device"]), (&json!("V"), &json!(device)));
    assert_eq!(of("57485005")["measurement"]["value"], true, "SNOMED CT: oxygen therapy");
    let visit = admit(&app, &patient).await;
    let sign = |sign: &str, value: &str, unit: &str| json!({ "sign": sign, "value": value, "unit": unit });
    let charted = json!({ "spo2_scale": "scale2", "measurements": [
        sign("respiratory_rate", "16", "/min"), sign("spo2", "93", "%"), sign("systolic_bp", "120", "mm[Hg]"),
        sign("temperature", "37", "Cel"),
    ] });
    let path = format!("/api/v1/encounters/{visit}/vitals");
    let news2 = app.post(Role::Nurse, &path, charted).await.expect(201).body["news2"].clone();
    assert_eq!(news2["outcome"], "complete", "{news2:#}");
    assert_eq!((&news2["parts"]["consciousness"], &news2["parts"]["oxygen"]), (&json!(3), &json!(2)));
    assert_eq!((&news2["spo2_scale"], &news2["parts"]["spo2"]), (&json!(2), &json!(1)), "93 % on oxygen, scale 2");
}
