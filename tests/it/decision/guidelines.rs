use chrono::{Duration, SecondsFormat};
use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use crate::{
    encounter::admit,
    patient::register,
    suggestion::{reviewed, until},
    vitals::{sign, well},
};

/// Somebody in a stay gets worse: the rise is told before the threshold, an infection makes it sepsis, and prophylaxis is
/// raised once signs are charted; what was raised goes as the stay ends.
#[tokio::test]
async fn a_stay_that_goes_wrong_is_told_step_by_step() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let now = app.platform.app.clock.now();
    let ago = |minutes: i64| (now - Duration::minutes(minutes)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let admission = json!({ "class": "inpatient", "started_at": ago(600) });
    let visits = format!("/api/v1/patients/{patient}/encounters");
    let visit = app.post(Role::Receptionist, &visits, admission).await.expect(201).id();
    let path = format!("/api/v1/encounters/{visit}/vitals");
    let mut baseline = well();
    baseline["measured_at"] = json!(ago(90));
    app.post(Role::Nurse, &path, baseline).await.expect(201);
    until(&app, &patient, "vte-prophylaxis", &["open"]).await;
    until(&app, &patient, "news2-deteriorating", &[]).await;

    let mut worse = well();
    worse["measurements"][0] = sign("respiratory_rate", "22", "/min");
    worse["measurements"][4] = sign("heart_rate", "112", "/min");
    let charted = app.post(Role::Nurse, &path, worse.clone()).await.expect(201);
    assert_eq!(charted.body["news2"]["total"], 4, "{:#}", charted.body);
    until(&app, &patient, "news2-deteriorating", &["open"]).await;

    let pneumonia = json!({ "code": { "text": "Pneumonia" } });
    app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/problems"), pneumonia).await.expect(201);
    worse["measurements"][5] = sign("temperature", "39.5", "Cel");
    app.post(Role::Nurse, &path, worse).await.expect(201);
    until(&app, &patient, "sepsis-infection-news2", &["open"]).await;

    let home = json!({ "disposition": "home" });
    app.post(Role::Doctor, &format!("/api/v1/encounters/{visit}/discharge"), home).await.expect(200);
    until(&app, &patient, "vte-prophylaxis", &["withdrawn"]).await;
}

/// Two of the three limbs of qSOFA with a pressure that is normal: what is charted of consciousness counts as altered
/// mentation, for the rule and for the score that is taken from the record.
#[tokio::test]
async fn who_is_not_alert_and_breathes_fast_is_screened_for_sepsis() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/encounters/{}/vitals", admit(&app, &patient).await);
    let mut set = well();
    set["measurements"][0] = sign("respiratory_rate", "24", "/min");
    app.post(Role::Nurse, &path, set.clone()).await.expect(201);
    reviewed(&app).await;
    until(&app, &patient, "qsofa", &[]).await;
    set["consciousness"] = json!("V");
    let charted = app.post(Role::Nurse, &path, set).await.expect(201).id();
    until(&app, &patient, "qsofa", &["open"]).await;

    let score = format!("/api/v1/patients/{patient}/scores/qsofa");
    let stored = app.post(Role::Doctor, &score, json!({})).await.expect(201).body;
    assert_eq!((&stored["complete"], &stored["value"]), (&json!(true), &json!(2)), "{stored:#}");
    let inputs = stored["inputs"].as_array().expect("inputs");
    let altered = inputs.iter().find(|one| one["name"] == "altered_mentation").expect("the mind");
    assert_eq!((&altered["value"], &altered["taken_from"]["stream"]), (&json!(true), &json!(charted)));
}

/// A coma scale that another system sends under examinations counts as well, once signs are charted.
#[tokio::test]
async fn a_coma_scale_of_another_heading_counts() {
    let app = spawn_app().await;
    let number = format!("MRN-{}", app.platform.app.clock.new_id());
    let now = app.platform.app.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let category = "http://terminology.hl7.org/CodeSystem/observation-category";
    let measured = |code: &str, heading: &str, value: u32, unit: &str| {
        json!({ "resource": { "resourceType": "Observation", "id": format!("o-{code}"), "status": "final",
            "subject": { "reference": "Patient/p1" }, "effectiveDateTime": now,
            "category": [{ "coding": [{ "system": category, "code": heading }] }],
            "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
            "valueQuantity": { "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit } } })
    };
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "resource": { "resourceType": "Patient", "id": "p1", "name": [{ "family": "Lind" }], "gender": "female",
            "birthDate": "1954-03-02", "identifier": [{ "system": "http://hospital.example/mrn", "value": number }] } },
        measured("9269-2", "exam", 13, "{score}"),
        measured("9279-1", "vital-signs", 24, "/min"),
    ] });
    let import = app.request(Role::Admin, Method::POST, "/api/v1/imports?source=here").await.json(&bundle);
    assert_eq!(import.answer().await.expect(200).body["refusals"], json!([]));
    let select = "select id::text from read.entry where kind = 'patient'";
    let patient: String = app.owner().await.query_one(select, &[]).await.expect("the patient").get(0);
    until(&app, &patient, "qsofa", &["open"]).await;
}

/// Observed every hour, a slow decline is seen as well: no five readings show it.
#[tokio::test]
async fn a_slow_decline_under_hourly_observation_is_told() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let now = app.platform.app.clock.now();
    let ago = |minutes: i64| (now - Duration::minutes(minutes)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let admission = json!({ "class": "inpatient", "started_at": ago(600) });
    let visits = format!("/api/v1/patients/{patient}/encounters");
    let visit = app.post(Role::Receptionist, &visits, admission).await.expect(201).id();
    let path = format!("/api/v1/encounters/{visit}/vitals");
    let hourly = [("70", "37"), ("70", "37"), ("95", "37"), ("95", "37"), ("95", "38.5")];
    let later = [("95", "38.5"), ("95", "38.5"), ("112", "38.5")];
    for (hours, (pulse, temperature)) in (0..8).rev().zip(hourly.into_iter().chain(later)) {
        let mut set = well();
        set["measured_at"] = json!(ago(hours * 60));
        set["measurements"][4] = sign("heart_rate", pulse, "/min");
        set["measurements"][5] = sign("temperature", temperature, "Cel");
        app.post(Role::Nurse, &path, set).await.expect(201);
    }
    until(&app, &patient, "news2-deteriorating", &["open"]).await;
}
