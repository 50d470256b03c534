use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{ana, register};

#[tokio::test]
async fn a_registered_patient_is_found_read_and_charted() {
    let app = spawn_app().await;
    let created = app.post(Role::Receptionist, "/api/v1/patients", ana()).await.expect(201);
    let id = created.id();
    assert_eq!(created.header("location"), Some(&*format!("/api/v1/patients/{id}")));
    assert_eq!(created.header("etag"), Some("\"1\""));

    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{id}")).await.expect(200);
    assert_eq!(read.body["names"], ana()["names"]);
    let found = app.get(Role::Nurse, "/api/v1/patients?name=luisa%20ferr").await.expect(200);
    assert_eq!(found.body["items"][0]["id"], *id);
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{id}/chart")).await.expect(200);
    assert_eq!(chart.body["allergy_status"], "unknown");
    assert_eq!(chart.body["patient"]["birth_date"], "1954-03-02");
}

#[tokio::test]
async fn the_same_key_twice_at_once_gives_one_patient() {
    let app = spawn_app().await;
    app.token(Role::Receptionist).await;
    let send = async || {
        let request = app.request(Role::Receptionist, Method::POST, "/api/v1/patients").await;
        request.header("idempotency-key", "a form sent twice").json(&ana()).answer().await.expect(201)
    };
    let answers = futures::future::join_all((0..8).map(|_| send())).await;
    assert!(answers.iter().all(|answer| answer.id() == answers[0].id()));
    let replayed = answers.iter().filter(|answer| answer.header("idempotent-replayed") == Some("true")).count();
    assert_eq!((app.clinical_events().await, replayed), (1, 7));
}

#[tokio::test]
async fn a_key_used_for_another_request_is_refused() {
    let app = spawn_app().await;
    let send = async |body| {
        let request = app.request(Role::Receptionist, Method::POST, "/api/v1/patients").await;
        request.header("idempotency-key", "k").json(&body).answer().await
    };
    send(ana()).await.expect(201);
    let mut other = ana();
    other["gender"] = json!("male");
    send(other).await.expect_problem(422, "/problems/request/idempotency-key-reused", &["Idempotency-Key"]);
    assert_eq!(app.clinical_events().await, 1);
}

#[tokio::test]
async fn who_may_not_register_is_told_so() {
    let app = spawn_app().await;
    let refused = app.post(Role::Analyst, "/api/v1/patients", ana()).await;
    refused.expect_problem(403, "/problems/access/denied", &[]);
    let nobody = app.anonymous(Method::POST, "/api/v1/patients").json(&ana()).answer().await;
    nobody.expect_problem(401, "/problems/access/unauthenticated", &[]);
    assert_eq!(app.clinical_events().await, 0);
    register(&app).await;
}
