use std::time::{Duration, Instant};

use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::{access::NewAccount, clock::SystemClock};
use healthcare_tests::app::{Ask as _, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) async fn monitored(app: &TestApp, serial: &str) -> (String, String) {
    let ana =
        json!({ "names": [{ "family": "Lind", "given": ["Ana"] }], "gender": "female", "birth_date": "1950-01-01" });
    let patient = app.post(Role::Nurse, "/api/v1/patients", ana).await;
    assert_eq!(patient.status, 201, "{:?}", patient.body);
    let device = app.post(Role::Admin, "/api/v1/devices", json!({ "serial": serial, "kind": "monitor" })).await;
    assert_eq!(device.status, 201, "{:?}", device.body);
    let text = |body: &Value| body["id"].as_str().expect("an id").to_owned();
    let (patient, device) = (text(&patient.body), text(&device.body));
    let assigned =
        app.post(Role::Nurse, &format!("/api/v1/devices/{device}/assign"), json!({ "patient": patient })).await;
    assert_eq!(assigned.status, 200, "{:?}", assigned.body);
    (patient, device)
}

pub(super) fn spo2(serial: &str, id: &str, value: f64) -> Value {
    let at = SystemClock.now() + chrono::Duration::milliseconds(1);
    json!({ "event_id": id, "serial": serial, "code": "59408-5", "value": value, "unit": "%", "measured_at": at })
}

#[tokio::test]
async fn a_reading_becomes_an_alert_and_is_shown() {
    let app = spawn_app().await;
    let (patient, device) = monitored(&app, "MON-1").await;
    let batch = json!({ "readings": [spo2("MON-1", "a", 75.0), spo2("MON-9", "b", 98.0)] });
    let sent = Instant::now();
    let answer = app.post(Role::Device, "/api/v1/telemetry/readings", batch).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!((&answer.body["accepted"], &answer.body["duplicates"]), (&json!(1), &json!(0)));
    assert_eq!(answer.body["refused"][0]["reason"], "unknown_device");
    let alerts = loop {
        let found = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/alerts")).await;
        if found.body["items"].as_array().is_some_and(|items| items.len() == 2) {
            break found.body;
        }
        assert!(sent.elapsed() < Duration::from_secs(10), "no alert: {:?}", found.body);
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let of_limit = alerts["items"].as_array().and_then(|all| all.iter().find(|a| a["rule"] == "limit:spo2:low"));
    let of_limit = of_limit.expect("the limit's alert");
    assert_eq!((&of_limit["priority"], &of_limit["evidence"]), (&json!("high"), &json!(["a"])));
    let vitals = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/vitals?code=59408-5")).await;
    assert_eq!(vitals.status, 200, "{:?}", vitals.body);
    let points = &vitals.body["series"][0]["points"];
    assert_eq!((&points[0]["value"], &points[0]["device"]), (&json!(75.0), &json!(device)));
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_and_nothing_is_stored() {
    let app = spawn_app().await;
    let (patient, device) = monitored(&app, "MON-2").await;
    let path = "/api/v1/telemetry/readings";
    let nurse = app.post(Role::Nurse, path, json!({ "readings": [spo2("MON-2", "a", 97.0)] })).await;
    assert_eq!(nurse.status, 403);
    assert_eq!(app.post(Role::Device, path, json!({ "readings": [] })).await.status, 422);
    let mut unknown = spo2("MON-2", "a", 97.0);
    unknown["colour"] = json!("red");
    let answer = app.post(Role::Device, path, json!({ "readings": [unknown] })).await;
    assert_eq!(answer.status, 422, "{:?}", answer.body);
    let vitals = format!("/api/v1/patients/{patient}/vitals");
    assert_eq!(app.get(Role::Nurse, &format!("{vitals}?step=1w")).await.status, 400);
    assert_eq!(app.get(Role::Nurse, &format!("{vitals}?code=1-1")).await.status, 400);
    assert_eq!(app.get(Role::Admin, &vitals).await.status, 403);
    let again = app.post(Role::Nurse, &format!("/api/v1/devices/{device}/assign"), json!({ "patient": patient })).await;
    assert_eq!((again.status, &again.body["type"]), (409, &json!("/problems/device/already-assigned")));
    let off = format!("/api/v1/devices/{device}/unassign");
    assert_eq!(app.post(Role::Nurse, &off, json!({})).await.status, 200);
    assert_eq!(app.post(Role::Nurse, &off, json!({})).await.status, 409);
    let shown = app.get(Role::Nurse, &vitals).await;
    assert_eq!(shown.body["series"], json!([]), "nothing was stored");
}

#[tokio::test]
async fn a_devices_token_submits_for_that_device_alone() {
    let app = spawn_app().await;
    let (_, own) = monitored(&app, "MON-7").await;
    monitored(&app, "MON-8").await;
    let device = Some(own.parse().expect("a device"));
    let account = NewAccount { username: "mon-7".into(), role: Role::Device, patient: None, device };
    let token = app.enrol(account).await;
    let batch = json!({ "readings": [spo2("MON-7", "a", 97.0), spo2("MON-8", "b", 97.0)] });
    let path = "/api/v1/telemetry/readings";
    let bound = app.anonymous(Method::POST, path).bearer_auth(token).json(&batch).answer().await.expect(200);
    assert_eq!(bound.body["accepted"], 1);
    assert_eq!(bound.body["refused"][0]["reason"], "foreign_device");
    let gateway = app.post(Role::Device, path, batch).await.expect(200);
    assert_eq!((&gateway.body["accepted"], &gateway.body["duplicates"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn readings_are_turned_away_before_they_are_read_by_half() {
    let app = spawn_app().await;
    monitored(&app, "MON-5").await;
    let (device, nurse) = (app.token(Role::Device).await, app.token(Role::Nurse).await);
    let good = json!({ "readings": [spo2("MON-5", "a", 97.0), spo2("MON-9", "b", 97.0)] }).to_string();
    let asked = [
        (None, good.as_str()),
        (Some("no token"), good.as_str()),
        (Some(nurse.as_str()), good.as_str()),
        (Some(device.as_str()), "{"),
        (Some(device.as_str()), r#"{ "readings": [] }"#),
        (Some(device.as_str()), r#"{ "readings": [{ "event_id": 7 }] }"#),
        (Some(device.as_str()), r#"{ "readings": [], "more": 1 }"#),
        (Some(device.as_str()), good.as_str()),
        (Some(device.as_str()), good.as_str()),
    ];
    let mut told = vec![];
    for (token, body) in asked {
        let request = app.anonymous(Method::POST, "/api/v1/telemetry/readings");
        let request = request.header("content-type", "application/json").body(body.to_owned());
        let answer = if let Some(token) = token { request.bearer_auth(token) } else { request }.answer().await;
        told.push((answer.status, answer.body["errors"][0]["pointer"].as_str().map(str::to_owned)));
    }
    let told: Vec<_> = told.iter().map(|(status, place)| (*status, place.as_deref())).collect();
    let wrong = [(401, None), (401, None), (403, None), (400, None), (422, Some("/readings"))];
    assert_eq!(told[..5], wrong);
    assert_eq!(told[5], (422, Some("/readings/0/event_id")));
    assert_eq!(told[6].0, 422);
    assert_eq!(told[7..], [(200, None), (200, None)]);
    assert_eq!(app.count("telemetry.reading").await, 1);
}
