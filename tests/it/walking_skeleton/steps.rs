//! The steps of the path, each through the REST interface.

use std::time::Duration;

use chrono::{DateTime, Utc};
use healthcare_application::Role;
use healthcare_infrastructure::embedded::roles;
use healthcare_tests::app::{Ask, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    live::Follower,
    medication::{of_rule, order, penicillin, prescribe},
};

const BUNDLES: [&str; 4] = ["0005", "0006", "0010", "0015"];

/// Bundles go in; each of their patients is found and has a chart, today's and an earlier one.
pub async fn import_and_read_charts(app: &TestApp) {
    let mut read = 0;
    for n in BUNDLES {
        let path = format!("{}/fixtures/carebundle/mixed-20261121-{n}.json", env!("CARGO_MANIFEST_DIR"));
        let bundle = std::fs::read(path).expect("a fixture");
        let request = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(bundle);
        let report = request.answer().await.expect(200).body;
        assert_eq!(report["refusals"], json!([]));
        read += report["resources"]["Patient"]["stored"].as_i64().unwrap_or_default();
    }
    assert_eq!(read, 4);
    let found = app.get(Role::Doctor, "/api/v1/patients?limit=10").await.expect(200).body;
    let patients = found["items"].as_array().expect("items").clone();
    assert_eq!(patients.len(), 4);
    for patient in patients {
        let id = patient["id"].as_str().expect("an id");
        let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{id}/chart")).await.expect(200).body;
        assert!(!chart["laboratory"]["items"].as_array().expect("items").is_empty(), "{id} has results");
        let name = patient["names"][0]["family"].as_str().expect("a name").to_uppercase();
        let by_name = app.get(Role::Doctor, &format!("/api/v1/patients?name={}", &name[..3])).await.expect(200).body;
        assert!(by_name["items"].as_array().expect("items").iter().any(|one| one["id"] == id), "{id} by name");
        let before = app.get(Role::Doctor, &format!("/api/v1/patients/{id}/chart?as_of=1900-01-01T00:00:00Z")).await;
        before.expect(404);
    }
}

/// A patient of the test's own, and a stay.
pub async fn register_and_admit(app: &TestApp) -> (String, String) {
    let ana = json!({ "names": [{ "family": "Ferreira", "given": ["Ana", "Luísa"] }], "gender": "female",
                      "birth_date": "1954-03-02" });
    let patient = app.post(Role::Receptionist, "/api/v1/patients", ana).await.expect(201).id();
    let stay = json!({ "class": "inpatient", "ward": "A" });
    let encounters = format!("/api/v1/patients/{patient}/encounters");
    let encounter = app.post(Role::Nurse, &encounters, stay).await.expect(201).id();
    (patient, encounter)
}

/// Ampicillin is running when the allergy to penicillin becomes known; amoxicillin is then refused with its findings,
/// and signed with a reason for each.
pub async fn prescribe_against_an_allergy(app: &TestApp, patient: &str) -> String {
    prescribe(app, patient, order("Ampicillin 250 MG Oral Capsule")).await.expect(201);
    penicillin(app, patient).await.expect(201);
    let mut amoxicillin = order("Amoxicillin 500 MG Oral Capsule");
    let refused = prescribe(app, patient, amoxicillin.clone()).await;
    let refused = refused.expect_problem(409, "/problems/medication/findings", &[]);
    assert!(!of_rule(&refused, "allergy-conflict").is_empty(), "{:#}", refused.body);
    let findings = refused.body["findings"].as_array().expect("findings");
    let reason = "tolerated it last year under observation";
    let overrides = findings.iter().map(|finding| json!({ "finding": finding["id"], "reason": reason }));
    amoxicillin["overrides"] = overrides.collect();
    prescribe(app, patient, amoxicillin).await.expect(201).id()
}

/// The allergy that came later than a drug is suggested about, and the suggestion justifies itself.
pub async fn justification_says_why(app: &TestApp, patient: &str) {
    let path = format!("/api/v1/patients/{patient}/suggestions");
    for _ in 0..200 {
        let list = app.get(Role::Doctor, &path).await.expect(200).body;
        let conflict =
            list["items"].as_array().and_then(|all| all.iter().find(|one| one["rule"] == "allergy-conflict"));
        if let Some(suggestion) = conflict {
            let id = suggestion["id"].as_str().expect("an id");
            let why = app.get(Role::Doctor, &format!("/api/v1/suggestions/{id}/justification")).await.expect(200).body;
            assert!(why["words"].as_str().is_some_and(|words| words.starts_with("met: ")), "{why:#}");
            assert!(!why["inputs"].as_array().expect("inputs").is_empty(), "{why:#}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no suggestion was raised about the drug that was running when the allergy came");
}

/// A monitor on the patient sends a set of signs that scores NEWS2 8.
pub async fn send_deterioration(app: &TestApp, patient: &str) -> Vec<String> {
    let serial = format!("MON-{patient}");
    let monitor = json!({ "serial": serial, "kind": "bedside monitor" });
    let device = app.post(Role::Admin, "/api/v1/devices", monitor).await.expect(201).id();
    let path = format!("/api/v1/devices/{device}/assign");
    app.post(Role::Nurse, &path, json!({ "patient": patient })).await.expect(200);
    let now: DateTime<Utc> = app.platform.app.clock.now();
    let readings: Vec<Value> = [
        ("9279-1", json!(26), Some("/min")),
        ("59408-5", json!(91), Some("%")),
        ("8480-6", json!(100), Some("mm[Hg]")),
        ("8867-4", json!(95), Some("/min")),
        ("8310-5", json!(37.2), Some("Cel")),
        ("80288-4", json!("A"), None),
        ("on_oxygen", json!(false), None),
    ]
    .into_iter()
    .map(|(code, value, unit)| {
        json!({ "event_id": app.platform.app.clock.new_id(), "device_id": device, "code": code, "value": value,
                "unit": unit, "measured_at": now, "sent_at": now })
    })
    .collect();
    let batch = json!({ "readings": readings });
    let taken = app.post(Role::Device, "/api/v1/telemetry/readings", batch).await.expect(200).body;
    assert_eq!((&taken["accepted"], &taken["refused"]), (&json!(7), &json!([])), "{taken:#}");
    let id = |reading: &Value| reading["event_id"].as_str().expect("an id").to_owned();
    readings.iter().map(id).collect()
}

/// Who connects hears the newest value of what the monitor sent.
pub async fn respiration_is_shown_live(app: &TestApp, token: &str, patient: &str) {
    let (mut live, _) = Follower::new(&app.url, token, "").await;
    loop {
        let told = live.next_of("vitals").await.expect("vitals");
        let of_patient = |vital: &&Value| vital["patient_id"] == patient && vital["code"] == "9279-1";
        let shown = told["vitals"].as_array().and_then(|all| all.iter().find(of_patient).cloned());
        if let Some(respiration) = shown {
            assert_eq!((&respiration["value"], &respiration["unit"]), (&json!(26.0), &json!("/min")));
            return;
        }
    }
}

/// The next notification of a type about a patient.
pub async fn told(follower: &mut Follower, kind: &str, patient: &str) -> Value {
    loop {
        let notification = follower.next_of("notification").await.expect("a notification");
        if notification["type"] == kind && notification["patient_id"] == patient {
            return notification;
        }
    }
}

/// After the acknowledgement no rung is told any more.
pub async fn acknowledging_stops_the_ladder(app: &TestApp, alert: &str) {
    app.post(Role::Doctor, &format!("/api/v1/alerts/{alert}/acknowledge"), json!({})).await.expect(200);
    let escalations = format!("es.event where stream_id = '{alert}' and event_type = 'alert.escalated'");
    let so_far = app.count(&escalations).await;
    assert!(so_far >= 1);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(app.count(&escalations).await, so_far, "two rungs later nobody more was told");
}

/// The chart in one call has the order, the alert, and the allergy.
pub async fn the_chart_shows_it(app: &TestApp, patient: &str, order: &str, alert: &str) {
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    let holds = |section: &str, id: &str| {
        chart[section]["items"].as_array().is_some_and(|items| items.iter().any(|item| item["id"] == id))
    };
    assert!(holds("medications", order) && holds("alerts", alert), "{chart:#}");
    assert_eq!((&chart["allergy_status"], &chart["counts"]["pending_orders"]), (&json!("known"), &json!(2)));
    let latest = chart["latest_vitals"]["items"].as_array().expect("vital signs");
    let respiration = latest.iter().find(|item| item["code"]["code"] == "9279-1").expect("a respiratory rate");
    assert_eq!(respiration["measurement"]["value"], "26");
    let vitals = format!("/api/v1/patients/{patient}/vitals?code=9279-1");
    let vitals = app.get(Role::Doctor, &vitals).await.expect(200).body;
    assert!(vitals.to_string().contains("26"), "{vitals:#}");
}

/// The stay ends, once.
pub async fn discharge(app: &TestApp, encounter: &str) {
    let path = format!("/api/v1/encounters/{encounter}/discharge");
    app.post(Role::Doctor, &path, json!({ "disposition": "home" })).await.expect(200);
    app.post(Role::Doctor, &path, json!({ "disposition": "home" })).await.expect_problem(
        409,
        "/problems/encounter/already-discharged",
        &[],
    );
}

/// The reporting role sees the stay, the order and the alert, and no name.
pub async fn reporting_has_it(app: &TestApp) {
    let report = roles::connect(&app.database.urls.report.clone().into()).await.expect("the report role signs in");
    let sql = "select (select count(*) from reporting.fact_encounter where status = 'finished' and ward = 'A'),
                      (select count(*) from reporting.fact_medication_order),
                      (select count(*) from reporting.fact_alert),
                      (select count(*) from reporting.dim_patient)";
    let mut seen = (0, 0, 0, 0);
    for _ in 0..200 {
        let row = report.query_one(sql, &[]).await.expect("it answers");
        seen = (row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i64>(2), row.get::<_, i64>(3));
        if seen.0 == 1 && seen.1 >= 1 && seen.2 >= 1 && seen.3 == 5 {
            let all = report.query("select d::text from reporting.dim_patient d", &[]).await.expect("it answers");
            assert!(all.iter().all(|row| !row.get::<_, String>(0).contains("Ferreira")), "no name is reported");
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("reporting never had it all: {seen:?}");
}
