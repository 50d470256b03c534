use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use crate::{encounter::admit, patient::register};

#[tokio::test]
async fn a_problem_is_added_and_resolved() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let asthma = json!({
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma" }] },
        "onset_at": "2020-01-01T00:00:00Z",
    });
    let path = format!("/api/v1/patients/{patient}/problems");
    let problem = app.post(Role::Doctor, &path, asthma).await.expect(201).id();
    let resolve = format!("/api/v1/problems/{problem}/resolve");
    let early = app.post(Role::Doctor, &resolve, json!({ "at": "2019-01-01T00:00:00Z" })).await;
    early.expect_problem(422, "/problems/problem/resolved-before-onset", &["/at"]);
    app.post(Role::Doctor, &resolve, json!({})).await.expect(200);
    let again = app.post(Role::Doctor, &resolve, json!({})).await;
    again.expect_problem(409, "/problems/problem/not-active", &[]);
    let list = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!(list.body["items"][0]["status"], "resolved");
}

#[tokio::test]
async fn another_patients_visit_is_refused() {
    let app = spawn_app().await;
    let (patient, other) = (register(&app).await, register(&app).await);
    let visit = admit(&app, &other).await;
    let events = app.clinical_events().await;
    let foreign = json!({ "code": { "text": "Cough" }, "encounter": visit });
    let refused = app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/problems"), foreign).await;
    refused.expect_problem(422, "/problems/request/foreign-reference", &["/encounter"]);
    assert_eq!(app.clinical_events().await, events);
}

/// Ana was born in 1954.
#[tokio::test]
async fn a_problem_begins_within_a_life_and_not_tomorrow() {
    let app = spawn_app().await;
    let path = format!("/api/v1/patients/{}/problems", register(&app).await);
    let since = |at: &str| json!({ "code": { "text": "Asthma" }, "onset_at": at });
    let born = app.post(Role::Doctor, &path, since("1950-01-01T00:00:00Z")).await;
    born.expect_problem(422, "/problems/problem/onset-before-birth", &["/onset_at"]);
    let ahead = app.post(Role::Doctor, &path, since("2901-01-01T00:00:00Z")).await;
    ahead.expect_problem(422, "/problems/problem/onset-in-the-future", &["/onset_at"]);
    let problem = app.post(Role::Doctor, &path, since("1960-01-01T00:00:00Z")).await.expect(201).id();
    let one = format!("/api/v1/problems/{problem}");
    let amended = app.patch(Role::Doctor, &one, 1, json!({ "onset_at": "1950-01-01T00:00:00Z" })).await;
    amended.expect_problem(422, "/problems/problem/onset-before-birth", &["/onset_at"]);
}
