use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{encounter::admit, patient::register};

async fn asthma(app: &TestApp, patient: &str) -> String {
    let path = format!("/api/v1/patients/{patient}/problems");
    let body = json!({ "code": { "text": "Asthma" }, "verification": "provisional" });
    format!("/api/v1/problems/{}", app.post(Role::Doctor, &path, body).await.expect(201).id())
}

async fn listed(app: &TestApp, patient: &str) -> Value {
    app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/problems")).await.expect(200).body["items"].clone()
}

#[tokio::test]
async fn a_provisional_diagnosis_is_confirmed() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = asthma(&app, &patient).await;
    app.patch(Role::Doctor, &path, 1, json!({ "verification": "confirmed" })).await.expect(200);
    let now = listed(&app, &patient).await;
    assert_eq!((&now[0]["verification"], &now[0]["code"]["text"]), (&json!("confirmed"), &json!("Asthma")));
    assert_eq!(app.count("es.event where event_type = 'patient.problem.amended'").await, 1);
    assert_eq!(app.count("es.safety where version = 2").await, 1, "drugs are contraindicated by conditions");

    let blind = app.request(Role::Doctor, Method::PATCH, &path).await.json(&json!({}));
    blind.answer().await.expect_problem(428, "/problems/request/precondition-required", &["If-Match"]);
    let stale = app.patch(Role::Doctor, &path, 1, json!({ "verification": "refuted" })).await;
    stale.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    let other = register(&app).await;
    let foreign = app.patch(Role::Doctor, &path, 2, json!({ "encounter": admit(&app, &other).await })).await;
    foreign.expect_problem(422, "/problems/request/foreign-reference", &["/encounter"]);
    let nameless = app.patch(Role::Doctor, &path, 2, json!({ "code": { "text": null } })).await;
    nameless.expect_problem(422, "/problems/problem/unnamed", &["/code"]);
    let nurse = app.patch(Role::Nurse, &path, 2, json!({ "verification": "refuted" })).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(listed(&app, &patient).await[0]["verification"], "confirmed");
}

#[tokio::test]
async fn a_problem_entered_in_error_is_in_no_list_and_stays_struck() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = asthma(&app, &patient).await;
    let strike = format!("{path}/entered-in-error");
    let blank = app.post(Role::Doctor, &strike, json!({ "reason": " " })).await;
    blank.expect_problem(422, "/problems/request/shape", &["/reason"]);
    let nurse = app.post(Role::Nurse, &strike, json!({ "reason": "x" })).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    app.post(Role::Doctor, &strike, json!({ "reason": "another patient's" })).await.expect(200);
    assert_eq!(listed(&app, &patient).await, json!([]));
    assert_eq!(app.count("es.event where event_type = 'patient.problem.entered-in-error'").await, 1);
    let again = app.post(Role::Doctor, &strike, json!({ "reason": "again" })).await;
    again.expect_problem(409, "/problems/problem/not-active", &[]);
    let amend = app.patch(Role::Doctor, &path, 2, json!({ "verification": "confirmed" })).await;
    amend.expect_problem(409, "/problems/problem/not-active", &[]);
    let missing = "/api/v1/problems/01890000-0000-7000-8000-000000000000/entered-in-error";
    let missing = app.post(Role::Doctor, missing, json!({ "reason": "x" })).await;
    missing.expect_problem(404, "/problems/problem/unrecorded", &[]);
}
