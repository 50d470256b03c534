use chrono::{Duration, SecondsFormat};
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use crate::{
    patient::register,
    suggestion::until,
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
