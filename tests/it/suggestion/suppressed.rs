use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{critical, in_seconds, report, reviewed, until};
use crate::{
    medication::{no_known_allergies, of_rule, order, penicillin, prescribe},
    patient::register,
    signing::set_aside,
};

const RULE: &str = "critical-potassium-high";

/// A finding that was answered is not told again within its time, however it was answered; nor while it is put off.
#[tokio::test]
async fn what_was_answered_or_put_off_is_not_repeated() {
    let app = spawn_app().await;
    for (answer, body, status) in [
        ("accept", json!({}), "accepted"),
        ("override", json!({ "reason": "Dialysis is running." }), "overridden"),
        ("snooze", json!({ "until": in_seconds(&app, 3600) }), "open"),
    ] {
        let (patient, path) = critical(&app).await;
        app.post(Role::Doctor, &format!("{path}/{answer}"), body).await.expect(200);
        report(&app, &patient, "6.9").await;
        report(&app, &patient, "6.6").await;
        reviewed(&app).await;
        until(&app, &patient, RULE, &[status]).await;
    }
}

/// Nobody dealt with what was withdrawn: when it holds again, it is news.
#[tokio::test]
async fn what_was_withdrawn_and_holds_again_is_told_again() {
    let app = spawn_app().await;
    let (patient, _) = critical(&app).await;
    report(&app, &patient, "4.2").await;
    until(&app, &patient, RULE, &["withdrawn"]).await;
    report(&app, &patient, "6.9").await;
    until(&app, &patient, RULE, &["open", "withdrawn"]).await;
}

/// What is critical before signing is never silent, whatever was answered before.
#[tokio::test]
async fn before_signing_a_critical_finding_is_never_suppressed() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(201);
    penicillin(&app, &patient).await.expect(201);
    let open = until(&app, &patient, "allergy-conflict", &["open"]).await;
    let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "tolerated before" })).await.expect(200);
    for _ in 0..2 {
        let again = prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(409);
        assert_eq!(of_rule(&again, "allergy-conflict")[0]["severity"], "critical", "{:#}", again.body);
    }
}

/// A suggestion goes when what it stands on does: here the problem is resolved.
#[tokio::test]
async fn what_stood_on_a_problem_is_withdrawn_when_that_is_resolved() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    prescribe(&app, &patient, order("Metoclopramide 10 MG Oral Tablet")).await.expect(201);
    let parkinson = json!({ "code": { "coding": [
        { "system": "http://snomed.info/sct", "code": "49049000", "display": "Parkinson's disease" }] } });
    // It is told before the diagnosis is recorded, which answers for recording it and not for the drug.
    let path = format!("/api/v1/patients/{patient}/problems");
    let told = app.post(Role::Doctor, &path, parkinson.clone()).await;
    let problem = app.post(Role::Doctor, &path, set_aside(&told, &parkinson)).await.expect(201).id();
    until(&app, &patient, "contraindication", &["open"]).await;
    app.post(Role::Doctor, &format!("/api/v1/problems/{problem}/resolve"), json!({})).await.expect(200);
    until(&app, &patient, "contraindication", &["withdrawn"]).await;
}
