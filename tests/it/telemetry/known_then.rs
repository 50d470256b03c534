//! What devices sent, as it was known at an earlier moment.

use chrono::SecondsFormat;
use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::{Ask as _, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::over_http::monitored;

async fn submit(app: &TestApp, value: i32) {
    let at = SystemClock.now();
    let reading = json!({ "event_id": format!("MON-T-{}", at.timestamp_micros()), "serial": "MON-T", "code": "8867-4",
        "value": value, "unit": "/min", "measured_at": at });
    let readings = json!({ "readings": [reading] });
    let answer = app.post(Role::Device, "/api/v1/telemetry/readings", readings).await.expect(200);
    assert_eq!(answer.body["accepted"], json!(1), "{:#}", answer.body);
}

fn now(app: &TestApp) -> String {
    app.platform.app.clock.now().to_rfc3339_opts(SecondsFormat::Micros, true)
}

async fn get(app: &TestApp, path: &str) -> Value {
    app.get(Role::Nurse, &format!("/api/v1/{path}")).await.expect(200).body
}

fn pulses(chart: &Value) -> Vec<&Value> {
    let items = chart["latest_vitals"]["items"].as_array().expect("vital signs");
    let of_pulse = items.iter().filter(|one| one["code"]["code"] == "8867-4");
    of_pulse.map(|one| &one["measurement"]["value"]).collect()
}

#[tokio::test]
async fn a_chart_of_an_earlier_moment_has_what_devices_had_sent_by_then() {
    let app = spawn_app().await;
    let (patient, device) = monitored(&app, "MON-T").await;
    let chart = format!("patients/{patient}/chart");
    let before = now(&app);
    submit(&app, 72).await;
    let first = now(&app);
    let (live, then) = (get(&app, &chart).await, get(&app, &format!("{chart}?as_of={first}")).await);
    assert_eq!(pulses(&live), [&json!("72")]);
    assert_eq!(live["latest_vitals"]["items"], then["latest_vitals"]["items"], "one chart, whichever way it is read");
    assert_eq!(live["latest_vitals"]["devices"], Value::Null);
    assert_eq!(then["latest_vitals"]["devices"]["told"], json!(true));
    assert!(then["latest_vitals"]["devices"]["readings_since"].is_string(), "{then:#}");
    submit(&app, 80).await;
    let second = now(&app);

    // It is put right afterwards that the device never was on them. What was known before stays what it was.
    let since = get(&app, &format!("devices/{device}")).await["assigned_since"].clone();
    let off = format!("/api/v1/devices/{device}/unassign");
    app.post(Role::Nurse, &off, json!({ "at": since })).await.expect(200);
    let after = now(&app);
    for (moment, known) in [(&before, vec![]), (&first, vec!["72"]), (&second, vec!["80"]), (&after, vec![])] {
        let chart = get(&app, &format!("{chart}?as_of={moment}")).await;
        assert_eq!(pulses(&chart), known, "{moment}");
    }

    let over_time = async |moment: &str, more: &str| -> Value {
        get(&app, &format!("patients/{patient}/vitals?code=8867-4&as_of={moment}{more}")).await["series"].clone()
    };
    let values = |series: &Value| -> Vec<f64> {
        let points = series[0]["points"].as_array().into_iter().flatten();
        points.filter_map(|point| point["value"].as_f64()).collect()
    };
    assert_eq!(values(&over_time(&before, "").await), [0.0; 0]);
    assert_eq!(values(&over_time(&first, "").await), [72.0]);
    assert_eq!(values(&over_time(&second, "").await), [72.0, 80.0]);
    assert_eq!(values(&over_time(&after, "").await), [0.0; 0]);
    let buckets = over_time(&second, "&step=1d").await;
    let counts = buckets[0]["buckets"].as_array().expect("buckets").iter().filter_map(|one| one["count"].as_i64());
    assert_eq!(counts.sum::<i64>(), 2, "{buckets:#}");
}

#[tokio::test]
async fn what_was_charted_is_told_as_it_was_known() {
    let app = spawn_app().await;
    let patient = crate::patient::register(&app).await;
    let stay = crate::encounter::admit(&app, &patient).await;
    let before = now(&app);
    let set = format!("/api/v1/encounters/{stay}/vitals");
    let charted = app.post(Role::Nurse, &set, crate::vitals::well()).await.expect(201).id();
    let then = now(&app);
    let path = |moment: &str| format!("patients/{patient}/vitals?as_of={moment}");
    let live = get(&app, &format!("patients/{patient}/vitals")).await["series"].clone();
    assert!(live.as_array().is_some_and(|series| series.len() > 3), "{live:#}");
    assert_eq!(get(&app, &path(&then)).await["series"], live);
    assert_eq!(get(&app, &path(&before)).await["series"], json!([]));
    let mistaken = format!("/api/v1/vitals/{charted}/entered-in-error");
    app.post(Role::Nurse, &mistaken, json!({ "reason": "wrong patient" })).await.expect(200);
    assert_eq!(get(&app, &path(&then)).await["series"], live, "nobody knew yet");
    assert_eq!(get(&app, &path(&now(&app))).await["series"], json!([]));
}

/// What a minute came to does not tell when its readings came: nothing is made up of it.
#[tokio::test]
async fn a_day_of_which_no_single_readings_are_kept_says_so() {
    let app = spawn_app().await;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fhir/hospital.json");
    let text = tokio::fs::read_to_string(file).await.expect("the fixture");
    let sent = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(text);
    sent.answer().await.expect(200);
    let found = app.get(Role::Doctor, "/api/v1/patients?name=ferreira").await.expect(200).body;
    let patient = found["items"][0]["id"].as_str().expect("an id").to_owned();
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart?as_of=2011-01-01T00:00:00Z")).await;
    assert_eq!(chart.expect(200).body["latest_vitals"]["devices"]["told"], json!(false));
    let asked = format!("/api/v1/patients/{patient}/vitals?as_of=2011-01-02T00:00:00Z");
    let refused = app.get(Role::Doctor, &asked).await;
    let refused = refused.expect_problem(400, "/problems/request/parameter", &["from"]);
    assert!(refused.body.to_string().contains("with `as_of` values are told from"), "{:#}", refused.body);
}
