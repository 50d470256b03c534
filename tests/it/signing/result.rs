use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{kept, replays, set_aside};
use crate::{
    medication::of_rule,
    observation::potassium,
    patient::register,
    suggestion::{in_seconds, until},
};

/// A slip of typing is noticed; what was confirmed is recorded as it is, and a critical value at once.
#[tokio::test]
async fn a_typed_value_that_can_hardly_be_waits_to_be_confirmed() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    let critical = app.post(Role::LabTechnician, &path, potassium("7.9")).await.expect(201);
    assert_eq!(critical.body["findings"], json!([]));
    let told = app.post(Role::LabTechnician, &path, potassium("79")).await;
    let told = told.expect_problem(409, "/problems/observation/findings", &[]);
    let finding = of_rule(&told, "implausible-result")[0];
    assert_eq!(told.body["findings"].as_array().map(Vec::len), Some(1), "nothing else of the record is told");
    replays(&app, &told, "laboratory-result-create").await;
    assert_eq!(app.count("es.event where stream_type = 'observation'").await, 1);
    let recorded = app.post(Role::LabTechnician, &path, set_aside(&told, &potassium("79"))).await.expect(201);
    replays(&app, &recorded, "laboratory-result-create").await;
    assert_eq!(kept(&app, &patient, "lab.result.available").await[0]["finding"], finding["id"]);
}

/// A clock that is a little ahead, or a result of long ago, is no way round the question.
#[tokio::test]
async fn a_value_that_can_hardly_be_waits_whenever_it_was_measured() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    let years = |years: i64| in_seconds(&app, -years * 31_557_600);
    for measured in [in_seconds(&app, 200), years(1), years(11)] {
        let mut typed = potassium("79");
        typed["effective_at"] = measured;
        let told = app.post(Role::LabTechnician, &path, typed.clone()).await;
        let told = told.expect_problem(409, "/problems/observation/findings", &[]);
        assert_eq!(of_rule(&told, "implausible-result").len(), 1, "{:#}", told.body);
        replays(&app, &told, "laboratory-result-create").await;
        typed["value"]["quantity"]["value"] = json!("4.1");
        app.post(Role::LabTechnician, &path, typed).await.expect(201);
    }
}

/// What an interface reports is stored, whatever it says: a result that is refused is lost. It is looked at afterwards.
#[tokio::test]
async fn what_a_program_reports_is_always_stored() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let token = crate::service_account::token(&app, "lab_technician", json!(["record_result"])).await;
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    let request = app.anonymous(Method::POST, &path).bearer_auth(&token).json(&potassium("79"));
    let stored = request.answer().await.expect(201);
    assert!(stored.body.get("findings").is_none(), "{:#}", stored.body);
    assert_eq!(app.count("es.evaluation where trigger = 'laboratory-result-create'").await, 0);
    until(&app, &patient, "critical-potassium-high", &["open"]).await;
}
