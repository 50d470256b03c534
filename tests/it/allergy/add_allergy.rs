use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use crate::patient::register;

async fn chart(app: &TestApp, patient: &str) -> Value {
    app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body
}

#[tokio::test]
async fn none_known_differs_from_not_asked_and_from_known() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/allergies");
    assert_eq!(chart(&app, &patient).await["allergy_status"], "unknown");

    let none = json!({ "substance": { "text": "No known allergies" }, "statement": "none-known" });
    app.post(Role::Nurse, &path, none).await.expect(201);
    assert_eq!(chart(&app, &patient).await["allergy_status"], "none_known");

    let penicillin = json!({
        "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": "91936005" }], "text": "Penicillin" },
        "criticality": "high",
        "reactions": [{ "manifestation": { "text": "Anaphylaxis" }, "severity": "severe" }],
    });
    let added = app.post(Role::Nurse, &path, penicillin).await.expect(201);
    let chart = chart(&app, &patient).await;
    assert_eq!(chart["allergy_status"], "known");
    assert_eq!(chart["allergies"]["items"][0]["id"], added.id());
    assert_eq!(chart["allergies"]["items"][0]["criticality"], "high");
    assert_eq!(app.count("es.safety where version = 2").await, 1, "both passed through the safety row");
}

#[tokio::test]
async fn nobody_is_allergic_who_does_not_exist() {
    let app = spawn_app().await;
    let path = "/api/v1/patients/01890000-0000-7000-8000-000000000000/allergies";
    let refused = app.post(Role::Nurse, path, json!({ "substance": { "text": "Latex" } })).await;
    refused.expect_problem(404, "/problems/patient/unregistered", &[]);
    assert_eq!(app.clinical_events().await + app.count("es.safety").await, 0);
}

#[tokio::test]
async fn an_allergy_names_its_substance() {
    let app = spawn_app().await;
    let path = format!("/api/v1/patients/{}/allergies", register(&app).await);
    let nameless = app.post(Role::Nurse, &path, json!({ "substance": {} })).await;
    nameless.expect_problem(422, "/problems/allergy/no-substance", &["/substance"]);
    let receptionist = app.post(Role::Receptionist, &path, json!({ "substance": { "text": "Latex" } })).await;
    receptionist.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.clinical_events().await, 1);
}

#[tokio::test]
async fn that_none_is_known_is_stated_and_not_typed_as_a_substance() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/allergies");
    for words in ["No known allergies", "NKDA", "none"] {
        let typed = app.post(Role::Nurse, &path, json!({ "substance": { "text": words } })).await;
        typed.expect_problem(422, "/problems/allergy/says-none", &["/statement"]);
    }
    assert_eq!(chart(&app, &patient).await["allergy_status"], "unknown");
    let nickel = app.post(Role::Nurse, &path, json!({ "substance": { "text": "Nickel" } })).await.expect(201).id();
    let one = format!("/api/v1/allergies/{nickel}");
    let amended = app.patch(Role::Nurse, &one, 1, json!({ "substance": { "text": "NKA" } })).await;
    amended.expect_problem(422, "/problems/allergy/says-none", &["/statement"]);
}
