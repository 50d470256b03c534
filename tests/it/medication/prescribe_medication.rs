use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{no_known_allergies, of_rule, order, penicillin, prescribe};
use crate::patient::register;

#[tokio::test]
async fn an_order_against_an_allergy_is_signed_only_with_a_reason() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    penicillin(&app, &patient).await.expect(201);
    let path = format!("/api/v1/patients/{patient}/medication-orders");
    let send = async |body: &serde_json::Value, key: &str| {
        let request = app.request(Role::Doctor, Method::POST, &path).await.header("idempotency-key", key);
        request.json(body).answer().await
    };
    let mut amoxicillin = order("Amoxicillin 500 MG Oral Capsule");
    let refused = send(&amoxicillin, "first").await.expect_problem(409, "/problems/medication/findings", &[]);
    let conflict = of_rule(&refused, "allergy-conflict")[0].clone();
    assert_eq!(conflict["severity"], "critical");
    assert!(conflict["evidence"][0]["citation"].is_string(), "{conflict:#}");
    assert_eq!(app.count("es.event where stream_type = 'medication_order'").await, 0);
    assert_eq!(app.count("es.evaluation where trigger = 'order-sign'").await, 1, "every judgement is kept");
    let again = send(&amoxicillin, "first").await.expect_problem(409, "/problems/medication/findings", &[]);
    assert_eq!(of_rule(&again, "allergy-conflict")[0]["id"], conflict["id"], "its id is stable");

    amoxicillin["overrides"] = json!([{ "finding": "f-nothing", "reason": "no such finding" }]);
    let stray = send(&amoxicillin, "second").await;
    stray.expect_problem(422, "/problems/medication/unknown-finding", &["/overrides"]);
    amoxicillin["overrides"] = json!([{ "finding": conflict["id"], "reason": "desensitised last year" }]);
    let signed = send(&amoxicillin, "third").await.expect(201);
    let replayed = send(&amoxicillin, "third").await.expect(201);
    assert_eq!((replayed.id(), replayed.header("idempotent-replayed")), (signed.id(), Some("true")));
    let list = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!(list.body["items"][0]["overrides"][0]["reason"], "desensitised last year");
    assert_eq!(app.count("es.event where stream_type = 'medication_order'").await, 1);
}

#[tokio::test]
async fn interactions_duplicates_and_what_cannot_be_checked_are_told() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let unknown = prescribe(&app, &patient, order("warfarin 5 MG Oral Tablet")).await.expect(201);
    assert_eq!(of_rule(&unknown, "allergies-unknown").len(), 1, "nobody has asked for allergies");

    no_known_allergies(&app, &patient).await;
    let check = format!("/api/v1/patients/{patient}/medication-orders/check");
    let dry = app.post(Role::Doctor, &check, order("Ibuprofen 200 MG Oral Tablet")).await.expect(200);
    assert!(
        of_rule(&dry, "drug-interaction").iter().any(|finding| finding["severity"] == "critical"),
        "{:#}",
        dry.body
    );
    assert!(of_rule(&dry, "allergies-unknown").is_empty(), "that there are none was said");
    let refused = prescribe(&app, &patient, order("Ibuprofen 200 MG Oral Tablet")).await;
    refused.expect_problem(409, "/problems/medication/findings", &[]);

    let twice = app.post(Role::Doctor, &check, order("warfarin 2 MG Oral Tablet")).await.expect(200);
    assert!(!of_rule(&twice, "duplicate-therapy").is_empty(), "{:#}", twice.body);
    let strange = app.post(Role::Doctor, &check, order("Zyxwvutol 10 MG")).await.expect(200);
    assert!(!of_rule(&strange, "drug-not-checked").is_empty(), "{:#}", strange.body);
    assert_eq!(app.count("es.event where stream_type = 'medication_order'").await, 1, "a check orders nothing");
}

#[tokio::test]
async fn an_order_is_stopped_once_and_then_no_longer_judged() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let warfarin = prescribe(&app, &patient, order("warfarin 5 MG Oral Tablet")).await.expect(201).id();
    let stop = format!("/api/v1/medication-orders/{warfarin}/stop");
    app.post(Role::Nurse, &stop, json!({ "reason": "x" })).await.expect_problem(403, "/problems/access/denied", &[]);
    app.post(Role::Pharmacist, &stop, json!({ "reason": "INR 6" })).await.expect(200);
    let again = app.post(Role::Doctor, &stop, json!({ "reason": "again" })).await;
    again.expect_problem(409, "/problems/medication/not-active", &[]);
    prescribe(&app, &patient, order("Ibuprofen 200 MG Oral Tablet")).await.expect(201);
}

#[tokio::test]
async fn what_cannot_be_ordered_is_refused_and_nothing_stored() {
    let app = spawn_app().await;
    let (patient, other) = (register(&app).await, register(&app).await);
    let visit = crate::encounter::admit(&app, &other).await;
    prescribe(&app, &patient, json!({ "medication": {} })).await.expect_problem(
        422,
        "/problems/medication/no-medication",
        &["/medication"],
    );
    let mut foreign = order("Paracetamol 500 MG Oral Tablet");
    foreign["encounter"] = json!(visit);
    let foreign = prescribe(&app, &patient, foreign).await;
    foreign.expect_problem(422, "/problems/request/foreign-reference", &["/encounter"]);
    let nobody = prescribe(&app, "01890000-0000-7000-8000-000000000000", order("Paracetamol")).await;
    nobody.expect_problem(404, "/problems/patient/unregistered", &[]);
    let path = format!("/api/v1/patients/{patient}/medication-orders");
    app.post(Role::Nurse, &path, order("Paracetamol")).await.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.count("es.event where stream_type = 'medication_order'").await, 0);
}
