use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{kept, replays, set_aside};
use crate::{
    encounter::admit,
    medication::{no_known_allergies, of_rule, order, penicillin, prescribe},
    note::note,
    patient::register,
    suggestion::until,
};

const HOOK: &str = "problem-list-item-create";

fn asthma() -> Value {
    json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma" }] } })
}

/// A patient who takes propranolol.
async fn on_propranolol(app: &TestApp) -> String {
    let patient = register(app).await;
    no_known_allergies(app, &patient).await;
    prescribe(app, &patient, order("Propranolol Hydrochloride 40 MG Oral Tablet")).await.expect(201);
    patient
}

#[tokio::test]
async fn a_diagnosis_that_speaks_against_a_drug_is_recorded_only_with_a_reason() {
    let app = spawn_app().await;
    let patient = on_propranolol(&app).await;
    let path = format!("/api/v1/patients/{patient}/problems");
    let send = async |body: &Value, key: &str| {
        let request = app.request(Role::Doctor, Method::POST, &path).await.header("idempotency-key", key);
        request.json(body).answer().await
    };
    let told = send(&asthma(), "first").await.expect_problem(409, "/problems/problem/findings", &[]);
    let finding = of_rule(&told, "contraindication")[0].clone();
    assert_eq!(finding["severity"], "critical");
    assert!(finding["evidence"][0]["citation"].is_string() && finding["override_reasons"][0].is_string());
    replays(&app, &told, HOOK).await;
    assert_eq!(app.count("es.event where stream_type = 'problem'").await, 0, "nothing is stored");
    let again = send(&asthma(), "first").await.expect_problem(409, "/problems/problem/findings", &[]);
    assert_eq!(of_rule(&again, "contraindication")[0]["id"], finding["id"], "its id is stable");

    let mut stray = asthma();
    stray["overrides"] = json!([{ "finding": "f-nothing", "reason": "no such finding" }]);
    send(&stray, "second").await.expect_problem(422, "/problems/problem/unknown-finding", &["/overrides"]);

    let signed = send(&set_aside(&told, &asthma()), "third").await.expect(201);
    replays(&app, &signed, HOOK).await;
    assert_eq!(of_rule(&signed, "contraindication").len(), 1);
    let repeat = send(&set_aside(&told, &asthma()), "third").await.expect(201);
    assert_eq!((repeat.id(), repeat.header("idempotent-replayed")), (signed.id(), Some("true")));
    let kept = kept(&app, &patient, "patient.problem.added").await;
    assert_eq!((&kept[0]["finding"], &kept[0]["reason"]), (&finding["id"], &json!("It is being stopped.")));
    assert_eq!(app.count("es.event where stream_type = 'problem'").await, 1);
    // The reason was for recording it; the drug is still to be dealt with.
    until(&app, &patient, "contraindication", &["open"]).await;
}

/// What was there before the diagnosis is not told again; and what it does not speak against is recorded at once.
#[tokio::test]
async fn only_what_the_diagnosis_brings_up_is_told() {
    let app = spawn_app().await;
    let patient = on_propranolol(&app).await;
    let path = format!("/api/v1/patients/{patient}/problems");
    let told = app.post(Role::Doctor, &path, asthma()).await.expect(409);
    app.post(Role::Doctor, &path, set_aside(&told, &asthma())).await.expect(201);
    let gout = json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "90560007", "display": "Gout" }] } });
    let other = app.post(Role::Doctor, &path, gout).await.expect(201);
    assert!(of_rule(&other, "contraindication").is_empty(), "{:#}", other.body);
    let refuted = json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "27885002" }] }, "verification": "refuted" });
    app.post(Role::Doctor, &path, refuted).await.expect(201);
    let fired = "governance.firing where via = 'hook' and trigger = 'problem-list-item-create'";
    assert_eq!(app.count(fired).await, 1, "what was not told does not count as told");
    assert_eq!(app.count(&format!("{fired} and outcome = 'overridden'")).await, 1);
}

#[tokio::test]
async fn an_override_of_a_diagnosis_needs_a_second_factor() {
    let app = spawn_app().await;
    let patient = on_propranolol(&app).await;
    let path = format!("/api/v1/patients/{patient}/problems");
    let told = app.post(Role::Doctor, &path, asthma()).await.expect(409);
    app.token(Role::Doctor).await;
    let doctor = app.owner().await.query_one("select id from auth.account where username = 'doctor'", &[]).await;
    let weak = app.sign_in_weakly(healthcare_domain::id::AccountId(doctor.expect("the doctor").get(0))).await;
    let request = app.anonymous(Method::POST, &path).bearer_auth(weak).json(&set_aside(&told, &asthma()));
    request.answer().await.expect_problem(403, "/problems/access/second-factor-needed", &[]);
    assert_eq!(app.count("es.event where stream_type = 'problem'").await, 0);
}

#[tokio::test]
async fn a_diagnosis_of_a_visit_and_of_a_consultation_is_checked_alike() {
    let app = spawn_app().await;
    let patient = on_propranolol(&app).await;
    let stay = admit(&app, &patient).await;
    let path = format!("/api/v1/encounters/{stay}/diagnoses");
    let mut diagnosis = asthma();
    diagnosis["use"] = json!("admission");
    let told = app.post(Role::Doctor, &path, diagnosis.clone()).await;
    let told = told.expect_problem(409, "/problems/encounter/findings", &[]);
    replays(&app, &told, HOOK).await;
    let listed = app.post(Role::Doctor, &path, set_aside(&told, &diagnosis)).await.expect(201);
    assert_eq!(kept(&app, &patient, "encounter.diagnosis.added").await.len(), 1);
    // A condition that is on record was checked then; an answer to nothing is refused.
    let known = json!({ "problem": listed.body["problem"], "use": "billing",
        "overrides": [{ "finding": of_rule(&told, "contraindication")[0]["id"], "reason": "x" }] });
    app.post(Role::Doctor, &path, known).await.expect_problem(
        422,
        "/problems/encounter/unknown-finding",
        &["/overrides"],
    );

    let other = on_propranolol(&app).await;
    let stay = admit(&app, &other).await;
    let path = format!("/api/v1/encounters/{stay}/consultation");
    let consultation = |diagnosis: Value| json!({ "note": note("Wheeze", "Since two days."), "diagnosis": diagnosis });
    let told = app.post(Role::Doctor, &path, consultation(asthma())).await;
    let told = told.expect_problem(409, "/problems/problem/findings", &[]);
    let stored = "es.event where stream_type = 'note'";
    assert_eq!(app.count(stored).await, 0, "nothing of it is stored");
    let saved = app.post(Role::Doctor, &path, consultation(set_aside(&told, &asthma()))).await.expect(201);
    assert!(saved.body["problem"].is_string() && saved.body["evaluation"].is_string());
    assert_eq!(app.count(stored).await, 2, "written and signed");
}

/// An allergy is put on record whatever it speaks against: who is interrupted may go away, and it would be lost.
#[tokio::test]
async fn an_allergy_is_recorded_and_what_it_speaks_against_is_told() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(201);
    let recorded = penicillin(&app, &patient).await.expect(201);
    assert_eq!(of_rule(&recorded, "allergy-conflict")[0]["severity"], "critical", "{:#}", recorded.body);
    assert_eq!(recorded.body["removed"].as_array().map(Vec::len), Some(1), "that none was known is taken off");
    replays(&app, &recorded, "allergyintolerance-create").await;
}
