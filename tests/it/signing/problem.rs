//! A problem that is on record, and comes to count: amended, no longer refuted, put back.

use healthcare_application::Role;
use healthcare_tests::app::{Answer, TestApp, spawn_app};
use serde_json::{Value, json};

use super::{kept, replays, set_aside};
use crate::{
    medication::{no_known_allergies, of_rule, order, prescribe},
    patient::register,
    suggestion::until,
};

const HOOK: &str = "problem-list-item-create";

fn coded(code: &str, display: &str) -> Value {
    json!({ "coding": [{ "system": "http://snomed.info/sct", "code": code, "display": display }] })
}

async fn on_record(app: &TestApp, patient: &str, problem: Value) -> String {
    let added = app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/problems"), problem).await.expect(201);
    format!("/api/v1/problems/{}", added.id())
}

async fn propranolol(app: &TestApp, patient: &str) {
    prescribe(app, patient, order("Propranolol Hydrochloride 40 MG Oral Tablet")).await.expect(201);
}

async fn stored(app: &TestApp) -> i64 {
    app.count("es.event where stream_type = 'problem'").await
}

/// Interrupted first, refused with a stray answer, stored with a reason that stays in the event.
async fn is_checked<F: Future<Output = Answer>>(
    app: &TestApp,
    (patient, kind): (&str, &str),
    (body, send): (Value, impl Fn(Value) -> F),
) {
    let before = stored(app).await;
    let told = send(body.clone()).await.expect_problem(409, "/problems/problem/findings", &[]);
    let finding = of_rule(&told, "contraindication")[0].clone();
    assert_eq!(finding["severity"], "critical");
    replays(app, &told, HOOK).await;
    let mut stray = body.clone();
    stray["overrides"] = json!([{ "finding": "f-nothing", "reason": "no such finding" }]);
    send(stray).await.expect_problem(422, "/problems/problem/unknown-finding", &["/overrides"]);
    assert_eq!(stored(app).await, before, "nothing is stored");
    let signed = send(set_aside(&told, &body)).await.expect(200);
    assert_eq!(of_rule(&signed, "contraindication").len(), 1);
    replays(app, &signed, HOOK).await;
    let kept = kept(app, patient, kind).await;
    assert_eq!((&kept[0]["finding"], &kept[0]["reason"]), (&finding["id"], &json!("It is being stopped.")));
    assert_eq!(stored(app).await, before + 1);
    until(app, patient, "contraindication", &["open"]).await;
}

#[tokio::test]
async fn a_problem_that_is_amended_into_what_speaks_against_a_drug_waits_for_a_reason() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    propranolol(&app, &patient).await;
    let one = on_record(&app, &patient, json!({ "code": coded("90560007", "Gout") })).await;
    let patch = json!({ "code": coded("195967001", "Asthma") });
    let send = |body: Value| app.patch(Role::Doctor, &one, 1, body);
    is_checked(&app, (patient.as_str(), "patient.problem.amended"), (patch, send)).await;
    // As it stands now it is no news.
    let milder = app.patch(Role::Doctor, &one, 2, json!({ "severity": { "text": "mild" } })).await.expect(200);
    assert!(of_rule(&milder, "contraindication").is_empty(), "{:#}", milder.body);
    let none = json!({ "severity": { "text": "mild" }, "overrides": [{ "finding": "f-nothing", "reason": "x" }] });
    let none = app.patch(Role::Doctor, &one, 3, none).await;
    none.expect_problem(422, "/problems/problem/unknown-finding", &["/overrides"]);
    let shape = app.patch(Role::Doctor, &one, 3, json!({ "overrides": [{ "finding": "f-1" }] })).await;
    shape.expect_problem(422, "/problems/request/shape", &["/overrides/0"]);
}

#[tokio::test]
async fn a_problem_that_is_no_longer_refuted_waits_for_a_reason() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    propranolol(&app, &patient).await;
    let refuted = json!({ "code": coded("195967001", "Asthma"), "verification": "refuted" });
    let path = format!("{}/verify", on_record(&app, &patient, refuted).await);
    let send = |body: Value| app.post(Role::Doctor, &path, body);
    let confirmed = json!({ "verification": "confirmed", "reason": "spirometry" });
    is_checked(&app, (patient.as_str(), "patient.problem.verified"), (confirmed, send)).await;
    // What is ruled out speaks against nothing, and nobody is asked.
    let asked = app.count("es.evaluation where trigger = 'problem-list-item-create'").await;
    let out = json!({ "verification": "refuted", "reason": "methacholine" });
    app.post(Role::Doctor, &path, out).await.expect(200);
    assert_eq!(app.count("es.evaluation where trigger = 'problem-list-item-create'").await, asked);
}

#[tokio::test]
async fn a_problem_that_is_put_back_waits_for_a_reason() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let one = on_record(&app, &patient, json!({ "code": coded("195967001", "Asthma") })).await;
    app.post(Role::Doctor, &format!("{one}/resolve"), json!({})).await.expect(200);
    propranolol(&app, &patient).await;
    let path = format!("{one}/reactivate");
    let send = |body: Value| app.post(Role::Doctor, &path, body);
    is_checked(&app, (patient.as_str(), "patient.problem.reactivated"), (json!({}), send)).await;
    let seen = app.get(Role::Nurse, &one).await.expect(200);
    assert_eq!(seen.body["status"], "recurrence");
}
