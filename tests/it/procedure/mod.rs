//! Procedures over the real server.

use futures::future::join_all;
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use crate::{encounter::admit, patient::register};

fn x_ray() -> Value {
    json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "399208008", "display": "Plain chest X-ray" }] } })
}

#[tokio::test]
async fn a_procedure_is_recorded_amended_and_struck_out() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let path = format!("/api/v1/patients/{patient}/procedures");
    let mut body = x_ray();
    body["encounter"] = json!(stay);
    let id = app.post(Role::Nurse, &path, body).await.expect(201).id();
    let one = format!("/api/v1/procedures/{id}");
    let seen = app.get(Role::Nurse, &one).await.expect(200);
    assert_eq!(
        (&seen.body["content"]["status"], &seen.body["content"]["encounter"]),
        (&json!("completed"), &json!(stay))
    );
    assert!(seen.body["content"]["started_at"].is_string());

    let finding = json!({ "outcome": { "text": "effusion" } });
    app.patch(Role::Doctor, &one, 1, finding.clone()).await.expect(200);
    app.patch(Role::Doctor, &one, 1, finding).await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    let backwards = json!({ "ended_at": "2001-01-01T00:00:00Z" });
    let backwards = app.patch(Role::Doctor, &one, 2, backwards).await;
    backwards.expect_problem(422, "/problems/entry/ends-before-it-begins", &["/ended_at"]);
    let seen = app.get(Role::Nurse, &format!("{path}?encounter={stay}&status=completed")).await.expect(200).body;
    assert_eq!(seen["items"][0]["content"]["outcome"]["text"], "effusion");
    let none = app.get(Role::Nurse, &format!("{path}?status=not-done")).await.expect(200).body;
    assert_eq!(none["items"], json!([]));

    let why = json!({ "reason": "another patient" });
    app.post(Role::Doctor, &format!("{one}/entered-in-error"), why.clone()).await.expect(200);
    let twice = app.post(Role::Doctor, &format!("{one}/entered-in-error"), why).await;
    twice.expect_problem(409, "/problems/entry/entered-in-error", &[]);
    assert_eq!(app.get(Role::Nurse, &path).await.expect(200).body["items"], json!([]));
}

#[tokio::test]
async fn what_was_not_done_has_a_reason_and_nothing_lies_ahead() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/procedures");
    let with = |field: &str, value: Value| {
        let mut body = x_ray();
        body[field] = value;
        body
    };
    let refused = app.post(Role::Doctor, &path, with("status", json!("not-done"))).await;
    refused.expect_problem(422, "/problems/entry/no-reason", &["/status_reason"]);
    let refused = app.post(Role::Doctor, &path, with("started_at", json!("2901-01-01T00:00:00Z"))).await;
    refused.expect_problem(422, "/problems/entry/in-the-future", &[]);
    let refused = app.post(Role::Doctor, &path, json!({ "code": {} })).await;
    refused.expect_problem(422, "/problems/entry/unnamed", &[]);
    let foreign = admit(&app, &register(&app).await).await;
    let refused = app.post(Role::Doctor, &path, with("encounter", json!(foreign))).await;
    refused.expect_problem(422, "/problems/request/foreign-reference", &["/encounter"]);
    let pharmacist = app.post(Role::Pharmacist, &path, x_ray()).await;
    pharmacist.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.count("es.event where stream_type = 'procedure'").await, 0);
}

/// Two amend one procedure at once, each from the version they have seen: one is told that it was changed.
#[tokio::test]
async fn of_two_who_amend_at_once_one_is_told() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let id = app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/procedures"), x_ray()).await.expect(201).id();
    let one = format!("/api/v1/procedures/{id}");
    let amends = ["effusion", "no effusion"].map(|text| {
        let (app, one) = (&app, &one);
        async move { app.patch(Role::Doctor, one, 1, json!({ "outcome": { "text": text } })).await.status }
    });
    let mut answers = join_all(amends).await;
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    assert_eq!(app.count("es.event where stream_type = 'procedure'").await, 2);
}
