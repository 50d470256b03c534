use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

use crate::patient::register;

async fn latex(app: &TestApp, patient: &str) -> String {
    let path = format!("/api/v1/patients/{patient}/allergies");
    app.post(Role::Nurse, &path, json!({ "substance": { "text": "Latex" } })).await.expect(201).id()
}

#[tokio::test]
async fn a_removed_allergy_is_removed_once_and_a_repeat_answers_the_same() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/allergies/{}/remove", latex(&app, &patient).await);
    let send = async || {
        let request = app.request(Role::Nurse, Method::POST, &path).await.header("idempotency-key", "once");
        request.json(&json!({ "reason": "tolerated a challenge" })).answer().await.expect(200)
    };
    assert_eq!(send().await.header("etag"), Some("\"2\""));
    assert_eq!(send().await.header("idempotent-replayed"), Some("true"));
    let again = app.post(Role::Nurse, &path, json!({ "reason": "again" })).await;
    again.expect_problem(409, "/problems/allergy/not-active", &[]);

    let list = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/allergies")).await.expect(200);
    assert_eq!(list.body["items"][0]["status"], "inactive");
    assert_eq!(app.clinical_events().await, 3);
}

#[tokio::test]
async fn a_struck_allergy_is_in_no_list() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/allergies/{}/entered-in-error", latex(&app, &patient).await);
    let blank = app.post(Role::Nurse, &path, json!({ "reason": "  " })).await;
    blank.expect_problem(422, "/problems/request/shape", &["/reason"]);
    app.post(Role::Nurse, &path, json!({ "reason": "another patient's" })).await.expect(200);
    let list = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/allergies")).await.expect(200);
    assert_eq!(list.body["items"], json!([]));
}

#[tokio::test]
async fn an_allergy_that_is_not_there_is_not_found() {
    let app = spawn_app().await;
    let path = "/api/v1/allergies/01890000-0000-7000-8000-000000000000/remove";
    let missing = app.post(Role::Nurse, path, json!({ "reason": "x" })).await;
    missing.expect_problem(404, "/problems/allergy/unrecorded", &[]);
}

/// The path names an allergy, but the stream is somebody's who is not there for this role.
#[tokio::test]
async fn a_patient_account_changes_nothing() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let allergy = latex(&app, &patient).await;
    let own = app.sign_up("ana", Role::Patient, Some(patient.parse().expect("an id"))).await;
    let path = format!("/api/v1/allergies/{allergy}/remove");
    let request = app.anonymous(Method::POST, &path).bearer_auth(own).json(&json!({ "reason": "x" }));
    request.answer().await.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.clinical_events().await, 2);
}
