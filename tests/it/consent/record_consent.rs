use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::patient::register;

fn research() -> Value {
    json!({
        "scope": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research" }] },
        "categories": [{ "coding": [{ "system": "http://loinc.org", "code": "59284-0", "display": "Consent Document" }] }],
        "decision": "permit",
        "decided_on": "2026-11-20",
        "period": { "start": "2026-11-20", "end": "2031" },
        "given_by": { "name": "Rui Ferreira", "relationship": { "text": "Guardian" } },
    })
}

async fn listed(app: &TestApp, patient: &str, query: &str) -> Vec<Value> {
    let page = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/consents{query}")).await.expect(200);
    page.body["items"].as_array().cloned().expect("items")
}

#[tokio::test]
async fn a_consent_is_given_shown_in_the_chart_and_withdrawn() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/consents");
    let given = app.post(Role::Receptionist, &path, research()).await.expect(201);
    let refusal =
        json!({ "scope": { "text": "teaching" }, "categories": [{ "text": "students" }], "decision": "deny" });
    app.post(Role::Doctor, &path, refusal).await.expect(201);

    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    let shown = chart["consents"]["items"].as_array().expect("consents");
    assert_eq!(shown.len(), 2);
    let one = shown.iter().find(|one| one["id"] == *given.id()).expect("the consent");
    for (name, sent) in research().as_object().expect("an object") {
        assert_eq!(&one[name], sent, "{name}");
    }
    assert!(one["recorded_by"].is_string() && one["status"] == "active", "{one:#}");

    let withdraw = format!("/api/v1/consents/{}/withdraw", given.id());
    let early = app.post(Role::Nurse, &withdraw, json!({ "reason": "told", "at": "2026-11-19T00:00:00Z" })).await;
    early.expect_problem(422, "/problems/consent/withdrawn-before-given", &["/at"]);
    app.post(Role::Nurse, &withdraw, json!({ "reason": "told at the bed" })).await.expect(200);
    let again = app.post(Role::Nurse, &withdraw, json!({ "reason": "again" })).await;
    again.expect_problem(409, "/problems/consent/not-active", &[]);
    let over = listed(&app, &patient, "?active=false").await;
    assert_eq!((over.len(), &over[0]["withdrawn"]["reason"]), (1, &json!("told at the bed")));
    assert!(over[0]["withdrawn"]["by"].is_string());
    assert_eq!(listed(&app, &patient, "?active=true").await[0]["decision"], "deny");
    let kinds = "es.event where event_type in ('patient.consent.recorded', 'patient.consent.withdrawn')";
    assert_eq!(app.count(kinds).await, 3);
}

#[tokio::test]
async fn a_consent_entered_in_error_is_in_no_list() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/consents");
    let id = app.post(Role::Receptionist, &path, research()).await.expect(201).id();
    let strike = format!("/api/v1/consents/{id}/entered-in-error");
    app.post(Role::Receptionist, &strike, json!({ "reason": "another patient's" })).await.expect(200);
    assert!(listed(&app, &patient, "").await.is_empty());
    let again = app.post(Role::Receptionist, &strike, json!({ "reason": "again" })).await;
    again.expect_problem(409, "/problems/consent/not-active", &[]);
}

#[tokio::test]
async fn what_says_nothing_and_who_may_not_are_refused() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/consents");
    let with = |name: &str, value: Value| {
        let mut body = research();
        body[name] = value;
        body
    };
    let refused = async |body: Value, kind: &str, places: &[&str]| {
        app.post(Role::Receptionist, &path, body).await.expect_problem(422, kind, places);
    };
    refused(with("categories", json!([])), "/problems/consent/about-nothing", &["/categories"]).await;
    refused(with("scope", json!({})), "/problems/consent/about-nothing", &["/categories"]).await;
    refused(
        with("period", json!({ "start": "2027", "end": "2026" })),
        "/problems/consent/period-backwards",
        &["/period"],
    )
    .await;
    refused(with("decided_on", json!("2099-01-01")), "/problems/consent/in-the-future", &[]).await;
    refused(with("decision", json!("maybe")), "/problems/request/shape", &["/decision"]).await;
    refused(with("recorded_by", json!(patient)), "/problems/request/shape", &["/recorded_by"]).await;
    let lab = app.post(Role::LabTechnician, &path, research()).await;
    lab.expect_problem(403, "/problems/access/denied", &[]);
    let nobody = format!("/api/v1/patients/{}/consents", app.platform.app.clock.new_id());
    app.post(Role::Receptionist, &nobody, research()).await.expect_problem(404, "/problems/patient/unregistered", &[]);
    let missing = format!("/api/v1/consents/{}/withdraw", app.platform.app.clock.new_id());
    let missing = app.post(Role::Receptionist, &missing, json!({ "reason": "x" })).await;
    missing.expect_problem(404, "/problems/consent/unrecorded", &[]);
    assert!(listed(&app, &patient, "").await.is_empty());
}

#[tokio::test]
async fn the_same_key_twice_at_once_gives_one_consent() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/consents");
    let send = async || {
        let request = app.request(Role::Receptionist, Method::POST, &path).await;
        request.header("idempotency-key", "a form sent twice").json(&research()).answer().await.expect(201).id()
    };
    let ids = futures::future::join_all((0..6).map(|_| send())).await;
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(listed(&app, &patient, "").await.len(), 1);
    // Two who withdraw it at once: one does.
    app.token(Role::Nurse).await;
    let withdraw = format!("/api/v1/consents/{}/withdraw", ids[0]);
    let take_back = async || app.post(Role::Nurse, &withdraw, json!({ "reason": "told" })).await.status;
    let mut answers = futures::future::join_all((0..6).map(|_| take_back())).await;
    answers.sort_unstable();
    assert_eq!((answers[0], &answers[1..]), (200, &[409; 5][..]));
}
