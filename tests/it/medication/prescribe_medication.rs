use healthcare_application::Role;
use healthcare_domain::id::AccountId;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{no_known_allergies, of_rule, order, penicillin, prescribe};
use crate::patient::register;

/// SECURITY 26: an override needs a session with a second factor, an order that overrides nothing does not.
#[tokio::test]
async fn an_override_needs_a_session_with_a_second_factor() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    penicillin(&app, &patient).await.expect(201);
    app.token(Role::Doctor).await;
    let doctor = app.owner().await.query_one("select id from auth.account where username = 'doctor'", &[]).await;
    let weak = app.sign_in_weakly(AccountId(doctor.expect("the doctor").get(0))).await;
    let send = |token: String, path: String, body: serde_json::Value| {
        app.anonymous(Method::POST, &path).bearer_auth(token).json(&body).answer()
    };
    let path = format!("/api/v1/patients/{patient}/medication-orders");
    let mut amoxicillin = order("Amoxicillin 500 MG Oral Capsule");
    let refused = send(weak.clone(), path.clone(), amoxicillin.clone()).await;
    let refused = refused.expect_problem(409, "/problems/medication/findings", &[]);
    let findings = refused.body["findings"].as_array().expect("findings").iter();
    amoxicillin["overrides"] =
        findings.map(|finding| json!({ "finding": finding["id"], "reason": "desensitised last year" })).collect();
    let needed = "/problems/access/second-factor-needed";
    send(weak.clone(), path.clone(), amoxicillin.clone()).await.expect_problem(403, needed, &[]);
    assert_eq!(app.count("es.event where stream_type = 'medication_order'").await, 0);
    assert_eq!(app.count("audit.entry where action = 'prescribe_medication' and outcome = 'denied'").await, 1);
    let nobody = "/api/v1/suggestions/0198a6b0-0000-7000-8000-000000000000/override".to_owned();
    send(weak.clone(), nobody, json!({ "reason": "x" })).await.expect_problem(403, needed, &[]);
    send(weak, path.clone(), order("Paracetamol 500 MG Oral Tablet")).await.expect(201);
    send(app.token(Role::Doctor).await, path, amoxicillin).await.expect(201);
}

/// SECURITY 45: what was overridden, by whom and why, stands with the order.
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

#[tokio::test]
async fn nobody_orders_nothing_or_less() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/medication-orders");
    for value in ["-500", "0"] {
        let mut draft = order("Amoxicillin 500 MG Oral Capsule");
        draft["dose"] = json!({ "value": value, "unit": "mg" });
        for path in [path.clone(), format!("{path}/check")] {
            let refused = app.post(Role::Doctor, &path, draft.clone()).await;
            refused.expect_problem(422, "/problems/medication/no-dose", &["/dose/value"]);
        }
    }
    let in_words = json!({ "medications": [{ "name": "Amoxicillin 500 MG", "dose": "-500 mg daily" }] });
    let in_words = app.post(Role::Pharmacist, "/api/v1/checks/medications", in_words).await;
    assert_eq!(in_words.status, 422, "{:#}", in_words.body);
    assert_eq!(app.count("es.event where stream_type = 'medication_order'").await, 0);
}
