use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::patient::register;

async fn latex(app: &TestApp, patient: &str) -> String {
    let path = format!("/api/v1/patients/{patient}/allergies");
    let body = json!({ "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": "111088007" }],
        "text": "Latex" }, "criticality": "low", "categories": ["environment"] });
    format!("/api/v1/allergies/{}", app.post(Role::Nurse, &path, body).await.expect(201).id())
}

async fn listed(app: &TestApp, patient: &str) -> Value {
    let list = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/allergies")).await.expect(200);
    list.body["items"][0].clone()
}

#[tokio::test]
async fn an_allergy_is_amended_by_a_merge_patch_through_the_safety_row() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = latex(&app, &patient).await;
    let patch = json!({ "criticality": "high", "categories": null, "substance": { "text": "Natural rubber" },
        "reactions": [{ "manifestation": { "text": "Anaphylaxis" }, "severity": "severe" }] });
    let amended = app.patch(Role::Nurse, &path, 1, patch.clone()).await.expect(200);
    assert_eq!(amended.header("etag"), Some("\"2\""));
    let now = listed(&app, &patient).await;
    assert_eq!((&now["criticality"], &now["status"]), (&json!("high"), &json!("active")));
    assert_eq!(now["substance"]["text"], "Natural rubber");
    assert_eq!(now["substance"]["coding"][0]["code"], "111088007", "an object is merged");
    assert_eq!((&now["categories"], &now["reactions"][0]["severity"]), (&Value::Null, &json!("severe")));
    assert_eq!(app.count("es.safety where version = 2").await, 1);
    assert_eq!(app.count("es.event where event_type = 'patient.allergy.amended'").await, 1);
    app.patch(Role::Nurse, &path, 2, patch).await.expect(200);
    assert_eq!(app.count("es.event where event_type like 'patient.allergy.%'").await, 2, "the same again is no event");
}

#[tokio::test]
async fn an_amendment_names_the_version_it_was_made_on() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = latex(&app, &patient).await;
    let blind = app.request(Role::Nurse, Method::PATCH, &path).await.json(&json!({ "criticality": "high" }));
    blind.answer().await.expect_problem(428, "/problems/request/precondition-required", &["If-Match"]);
    let stale = app.patch(Role::Nurse, &path, 7, json!({ "criticality": "high" })).await;
    stale.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    assert_eq!(listed(&app, &patient).await["criticality"], "low");
}

#[tokio::test]
async fn an_amendment_that_does_not_fit_changes_nothing() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = latex(&app, &patient).await;
    for (patch, kind, place) in [
        (json!({ "criticality": "severe" }), "/problems/request/shape", "/criticality"),
        (json!({ "colour": "red" }), "/problems/request/shape", "/colour"),
        (json!({ "substance": null }), "/problems/request/shape", ""),
        (json!({ "substance": { "coding": null, "text": null } }), "/problems/allergy/no-substance", "/substance"),
        (json!({ "identifiers": [] }), "/problems/request/shape", "/identifiers"),
    ] {
        let refused = app.patch(Role::Nurse, &path, 1, patch).await;
        refused.expect_problem(422, kind, &[place]);
    }
    let who = app.patch(Role::Receptionist, &path, 1, json!({ "criticality": "high" })).await;
    who.expect_problem(403, "/problems/access/denied", &[]);
    app.post(Role::Nurse, &format!("{path}/remove"), json!({ "reason": "tolerated" })).await.expect(200);
    let over = app.patch(Role::Nurse, &path, 2, json!({ "criticality": "high" })).await;
    over.expect_problem(409, "/problems/allergy/not-active", &[]);
    assert_eq!(app.count("es.event where event_type like 'patient.allergy.%'").await, 2);
}

#[tokio::test]
async fn no_known_food_allergy_leaves_drugs_unasked() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let none = |code: &str| json!({ "statement": "none-known", "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": code }] } });
    let path = format!("/api/v1/patients/{patient}/allergies");
    let status = async || {
        app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body["allergy_status"]
            .clone()
    };
    let unknown = async || {
        let check = format!("/api/v1/patients/{patient}/medication-orders/check");
        let draft = json!({ "medication": { "text": "Amoxicillin 500 MG Oral Capsule" } });
        let checked = app.post(Role::Doctor, &check, draft).await.expect(200).body;
        checked["findings"].as_array().is_some_and(|all| all.iter().any(|one| one["rule"] == "allergies-unknown"))
    };
    app.post(Role::Nurse, &path, none("429625007")).await.expect(201);
    assert_eq!((status().await, unknown().await), (json!("unknown"), true));
    app.post(Role::Nurse, &path, none("409137002")).await.expect(201);
    assert_eq!((status().await, unknown().await), (json!("none_known"), false));
}
