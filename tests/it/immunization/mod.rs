//! Immunisations over the real server.

use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use crate::{
    encounter::admit,
    patient::register,
    suggestion::{reviewed, until},
    vitals::well,
};

fn influenza() -> Value {
    json!({ "vaccine": { "coding": [{ "system": "http://hl7.org/fhir/sid/cvx", "code": "140" }], "text": "Influenza" } })
}

#[tokio::test]
async fn a_vaccine_is_given_amended_and_struck_out() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/immunizations");
    let mut body = influenza();
    body["lot_number"] = json!("AAJN11K");
    body["expires_on"] = json!("2099-02-15");
    body["dose"] = json!({ "value": "0.5", "unit": "mL" });
    let id = app.post(Role::Nurse, &path, body).await.expect(201).id();
    let one = format!("/api/v1/immunizations/{id}");
    let seen = app.get(Role::Nurse, &one).await.expect(200).body;
    assert_eq!((&seen["content"]["status"], &seen["content"]["primary_source"]), (&json!("completed"), &json!(true)));
    assert_eq!(seen["content"]["dose"], json!({ "value": "0.5", "unit": "mL" }));
    app.patch(Role::Nurse, &one, 1, json!({ "lot_number": "AAJN12K" })).await.expect(200);
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    assert_eq!(chart["immunizations"]["items"][0]["content"]["lot_number"], "AAJN12K");
    let expired = app.patch(Role::Nurse, &one, 2, json!({ "expires_on": "2001-01-01" })).await;
    expired.expect_problem(422, "/problems/entry/expired", &["/expires_on"]);
    let why = json!({ "reason": "another patient" });
    app.post(Role::Nurse, &format!("{one}/entered-in-error"), why).await.expect(200);
    assert_eq!(app.get(Role::Nurse, &path).await.expect(200).body["items"], json!([]));
    assert_eq!(app.count("es.event where event_type = 'patient.immunized'").await, 1);
}

/// What was not given was not given for a reason, and stands in the list as that.
#[tokio::test]
async fn a_vaccine_that_was_not_given_has_a_reason() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/immunizations");
    let mut body = influenza();
    body["status"] = json!("not-done");
    let refused = app.post(Role::Nurse, &path, body.clone()).await;
    refused.expect_problem(422, "/problems/entry/no-reason", &["/status_reason"]);
    body["status_reason"] = json!({ "coding": [
        { "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "PATOBJ", "display": "patient objection" }] });
    app.post(Role::Nurse, &path, body.clone()).await.expect(201);
    body["lot_number"] = json!("A1");
    let refused = app.post(Role::Nurse, &path, body).await;
    refused.expect_problem(422, "/problems/entry/known-and-unknown", &[]);
    app.post(Role::Nurse, &path, influenza()).await.expect(201);
    for (status, count) in [("not-done", 1), ("completed", 1)] {
        let list = app.get(Role::Nurse, &format!("{path}?status={status}")).await.expect(200).body;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(count), "{status}");
    }
}

/// Somebody of 72 years is admitted at the desk, where nobody sees the chart: what is due is raised once signs are charted,
/// goes when it was given, and is not raised again after an answer.
#[tokio::test]
async fn a_vaccination_that_is_due_in_a_stay_is_raised_and_goes_when_it_is_given() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let charted = format!("/api/v1/encounters/{}/vitals", admit(&app, &patient).await);
    reviewed(&app).await;
    until(&app, &patient, "vaccination-influenza-due", &[]).await;
    app.post(Role::Nurse, &charted, well()).await.expect(201);
    until(&app, &patient, "vaccination-influenza-due", &["open"]).await;
    let pneumococcal = until(&app, &patient, "vaccination-pneumococcal-due", &["open"]).await;

    app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/immunizations"), influenza()).await.expect(201);
    until(&app, &patient, "vaccination-influenza-due", &["withdrawn"]).await;
    let path = format!("/api/v1/suggestions/{}/override", pneumococcal[0]["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &path, json!({ "reason": "Declined" })).await.expect(200);
    app.post(Role::Nurse, &charted, well()).await.expect(201);
    reviewed(&app).await;
    until(&app, &patient, "vaccination-influenza-due", &["withdrawn"]).await;
    until(&app, &patient, "vaccination-pneumococcal-due", &["overridden"]).await;
}
