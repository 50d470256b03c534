use healthcare_application::Role;
use healthcare_tests::app::{Ask as _, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{reviewed, until};

const RULE: &str = "critical-potassium-high";

/// An hour ago.
pub fn before(app: &TestApp) -> Value {
    json!(app.platform.app.clock.now() - chrono::Duration::hours(1))
}

/// The potassium of a moment, as another system tells it of one patient: the first time it is recorded, and then corrected.
/// Answers the patient.
pub async fn reported_elsewhere(app: &TestApp, at: &Value, potassium: f64) -> String {
    reported_as(app, at, potassium, "final").await
}

/// The same, in a status of FHIR's.
pub async fn reported_as(app: &TestApp, at: &Value, potassium: f64, status: &str) -> String {
    let coding = |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
    let resources = [
        json!({ "resourceType": "Patient", "id": "p1", "name": [{ "family": "Lind" }], "gender": "female" }),
        json!({ "resourceType": "Observation", "id": "k1", "status": status,
            "category": [coding("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")],
            "code": coding("http://loinc.org", "2823-3"), "subject": { "reference": "Patient/p1" },
            "effectiveDateTime": at, "issued": at,
            "valueQuantity": { "value": potassium, "unit": "mmol/L", "system": "http://unitsofmeasure.org",
                "code": "mmol/L" } }),
    ];
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let report = app.request(Role::Admin, Method::POST, "/api/v1/imports?source=here").await.json(&bundle);
    assert_eq!(report.answer().await.expect(200).body["refusals"], json!([]));
    let found = app.get(Role::Doctor, "/api/v1/patients?name=lind").await.expect(200);
    found.body["items"][0]["id"].as_str().expect("a patient").to_owned()
}

/// A correction is looked at as a result is: what it ends is withdrawn, and what it brings up is told.
#[tokio::test]
async fn a_result_that_is_corrected_withdraws_and_raises_what_follows_from_it() {
    let app = spawn_app().await;
    let at = before(&app);
    let patient = reported_elsewhere(&app, &at, 6.8).await;
    until(&app, &patient, RULE, &["open"]).await;
    reported_elsewhere(&app, &at, 4.2).await;
    until(&app, &patient, RULE, &["withdrawn"]).await;
    reported_elsewhere(&app, &at, 6.9).await;
    until(&app, &patient, RULE, &["open", "withdrawn"]).await;
}

/// Who answered 6.8 did not answer 6.9, which it was all along: the rule is silent for hours, and it is told all the same. Another
/// status of the same value is no news.
#[tokio::test]
async fn a_result_that_is_corrected_after_the_answer_is_told_again_at_once() {
    let app = spawn_app().await;
    let at = before(&app);
    let patient = reported_elsewhere(&app, &at, 6.8).await;
    let open = until(&app, &patient, RULE, &["open"]).await;
    let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "Dialysis is running." })).await.expect(200);
    reported_as(&app, &at, 6.8, "amended").await;
    reviewed(&app).await;
    until(&app, &patient, RULE, &["overridden"]).await;
    reported_as(&app, &at, 6.9, "corrected").await;
    until(&app, &patient, RULE, &["open", "overridden"]).await;
}
