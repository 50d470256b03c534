use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    encounter::admit,
    medication::{no_known_allergies, order, penicillin},
    note::note,
    patient::register,
};

fn sore_throat(drug: &str) -> Value {
    json!({
        "note": note("Sore throat", "Exudate, fever since two days."),
        "diagnosis": { "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "43878008", "display": "Streptococcal sore throat" }] } },
        "prescription": order(drug),
    })
}

const AMOXICILLIN: &str = "Amoxicillin 500 MG Oral Capsule";

async fn stored(app: &TestApp) -> i64 {
    app.count("es.event where stream_type in ('note', 'problem', 'medication_order')").await
}

#[tokio::test]
async fn note_diagnosis_and_prescription_are_stored_together() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let stay = admit(&app, &patient).await;
    let path = format!("/api/v1/encounters/{stay}/consultation");
    let saved = app.post(Role::Doctor, &path, sore_throat(AMOXICILLIN)).await.expect(201);
    let of = |name: &str| saved.body[name].as_str().unwrap_or_else(|| panic!("{name}: {:#}", saved.body)).to_owned();
    assert_eq!(saved.header("location"), Some(format!("/api/v1/notes/{}", saved.id()).as_str()));
    let note = app.get(Role::Doctor, &format!("/api/v1/notes/{}", of("note"))).await.expect(200).body;
    assert_eq!((&note["status"], &note["encounter"]), (&json!("signed"), &json!(stay)));
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    assert_eq!(
        (&chart["problems"]["items"][0]["id"], &chart["problems"]["items"][0]["encounter"]),
        (&json!(of("problem")), &json!(stay))
    );
    let ordered = &chart["medications"]["items"][0];
    assert_eq!((&ordered["id"], &ordered["encounter"]), (&json!(of("medication_order")), &json!(stay)));
    let one = "select count(distinct xid) from es.event where stream_type in ('note', 'problem', 'medication_order')";
    let rows = app.owner().await.query_one(one, &[]).await.expect("a count");
    assert_eq!(rows.get::<_, i64>(0), 1, "one transaction");
    assert_eq!(app.count("es.evaluation where trigger = 'order-sign'").await, 1);
}

/// What speaks against the prescription stops all of it, and an answer lets all of it through.
#[tokio::test]
async fn a_critical_finding_stores_nothing() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    penicillin(&app, &patient).await.expect(201);
    let stay = admit(&app, &patient).await;
    let path = format!("/api/v1/encounters/{stay}/consultation");
    let refused = app.post(Role::Doctor, &path, sore_throat(AMOXICILLIN)).await;
    let refused = refused.expect_problem(409, "/problems/medication/findings", &[]);
    assert_eq!(stored(&app).await, 0);
    let mut answered = sore_throat(AMOXICILLIN);
    let findings = refused.body["findings"].as_array().expect("findings");
    answered["prescription"]["overrides"] = findings
        .iter()
        .filter(|one| one["severity"] == "critical")
        .map(|one| json!({ "finding": one["id"], "reason": "tolerated before" }))
        .collect();
    app.post(Role::Doctor, &path, answered).await.expect(201);
    assert_eq!(app.count("es.event where event_type = 'note.signed'").await, 1);
}

/// The new diagnosis is among the facts the prescription is judged on.
#[tokio::test]
async fn a_prescription_is_judged_with_the_diagnosis_beside_it() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let stay = admit(&app, &patient).await;
    let asthma = json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma" }] } });
    let drug = "Propranolol Hydrochloride 40 MG Oral Tablet";
    let alone = app
        .post(Role::Doctor, &format!("/api/v1/patients/{patient}/medication-orders/check"), order(drug))
        .await
        .expect(200);
    let rules = |answer: &healthcare_tests::app::Answer| {
        let all = answer.body["findings"].as_array().expect("findings").clone();
        all.into_iter().map(|one| one["rule"].to_string()).collect::<Vec<_>>()
    };
    let mut body = sore_throat(drug);
    body["diagnosis"] = asthma;
    let together = app.post(Role::Doctor, &format!("/api/v1/encounters/{stay}/consultation"), body).await;
    let (before, after) = (rules(&alone), rules(&together));
    assert!(after.len() > before.len(), "the asthma speaks against it: {before:?} {after:?}");
}

#[tokio::test]
async fn a_part_that_cannot_be_stops_all_and_says_where() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let stay = admit(&app, &patient).await;
    let path = format!("/api/v1/encounters/{stay}/consultation");
    let with = |pointer: &str, value: Value| {
        let mut body = sore_throat(AMOXICILLIN);
        *body.pointer_mut(pointer).expect("a place") = value;
        body
    };
    for (body, kind, place) in [
        (with("/note/sections", json!([])), "/problems/note/says-nothing", "/note/sections"),
        (with("/note/title", json!("")), "/problems/request/invalid", "/note/title"),
        (with("/diagnosis/code", json!({})), "/problems/problem/unnamed", "/diagnosis/code"),
        (with("/prescription/medication", json!({})), "/problems/medication/no-medication", "/prescription/medication"),
        (
            with("/prescription", json!({ "medication": { "text": AMOXICILLIN }, "colour": 1 })),
            "/problems/request/shape",
            "/prescription/colour",
        ),
    ] {
        app.post(Role::Doctor, &path, body).await.expect_problem(422, kind, &[place]);
    }
    // A nurse writes, and neither diagnoses nor prescribes.
    app.post(Role::Nurse, &path, sore_throat(AMOXICILLIN)).await.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(stored(&app).await, 0);
    app.post(Role::Nurse, &path, json!({ "note": note("Observation", "Slept well.") })).await.expect(201);
    let nowhere = format!("/api/v1/encounters/{patient}/consultation");
    app.post(Role::Doctor, &nowhere, sore_throat(AMOXICILLIN)).await.expect(404);
    assert_eq!(stored(&app).await, 2);
}

#[tokio::test]
async fn the_same_key_at_once_saves_once() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let path = format!("/api/v1/encounters/{}/consultation", admit(&app, &patient).await);
    app.token(Role::Doctor).await;
    let ask = async || {
        let request = app.request(Role::Doctor, Method::POST, &path).await.header("idempotency-key", "visit-1");
        request.json(&sore_throat(AMOXICILLIN)).answer().await
    };
    let answers = futures::future::join_all((0..6).map(|_| ask())).await;
    let saved: Vec<_> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.body.clone()).collect();
    assert!(!saved.is_empty() && saved.iter().all(|body| *body == saved[0]), "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "{answers:?}");
    assert_eq!(stored(&app).await, 4, "a draft and its signature, a problem, an order");
    let again = ask().await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &saved[0]));
}
