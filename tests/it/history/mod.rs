//! The history of the family, and how the patient lives, over the real server.

use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use crate::patient::register;

async fn chart(app: &TestApp, patient: &str) -> Value {
    app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body
}

#[tokio::test]
async fn what_is_known_of_a_relative_is_recorded_amended_and_struck_out() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/family-history");
    let role = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
    let mother = json!({ "relationship": { "coding": [{ "system": role, "code": "MTH" }] }, "deceased": true,
        "deceased_age": 70, "conditions": [{ "code": { "text": "Stroke" }, "onset_age": 68 }] });
    let id = app.post(Role::Nurse, &path, mother).await.expect(201).id();
    let one = format!("/api/v1/family-history/{id}");
    app.patch(Role::Doctor, &one, 1, json!({ "deceased_age": 71 })).await.expect(200);
    assert_eq!(chart(&app, &patient).await["family_history"]["items"][0]["content"]["deceased_age"], 71);
    let after = json!({ "conditions": [{ "code": { "text": "Stroke" }, "onset_age": 80 }] });
    app.patch(Role::Doctor, &one, 2, after).await.expect_problem(422, "/problems/entry/age-cannot-be", &[]);
    // It was asked, and nobody knows: not the same as nothing on record.
    let father = json!({ "relationship": { "text": "father" }, "status": "health-unknown" });
    app.post(Role::Nurse, &path, father).await.expect(201);
    let both = json!({ "relationship": { "text": "aunt" }, "status": "health-unknown",
        "conditions": [{ "code": { "text": "Stroke" } }] });
    app.post(Role::Nurse, &path, both).await.expect_problem(422, "/problems/entry/known-and-unknown", &[]);
    let page = app.get(Role::Nurse, &format!("{path}?limit=1")).await.expect(200).body;
    let cursor = page["next_cursor"].as_str().expect("a cursor").to_owned();
    let rest = app.get(Role::Nurse, &format!("{path}?limit=1&cursor={cursor}")).await.expect(200).body;
    assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next_cursor"]), (Some(1), &Value::Null));
    let why = json!({ "reason": "of somebody else" });
    app.post(Role::Nurse, &format!("{one}/entered-in-error"), why).await.expect(200);
    assert_eq!(app.get(Role::Nurse, &path).await.expect(200).body["items"].as_array().map(Vec::len), Some(1));
    let reception = app.get(Role::Receptionist, &path).await;
    reception.expect_problem(403, "/problems/access/denied", &[]);
}

/// Each fact is true of a time; what was true before stays beside it.
#[tokio::test]
async fn how_a_patient_lives_is_kept_with_its_history() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/social-history");
    let smokes = |code: &str, since: &str| {
        json!({ "topic": "tobacco_smoking_status", "effective_at": since,
            "value": { "concept": { "coding": [{ "system": "http://snomed.info/sct", "code": code }] } } })
    };
    app.post(Role::Nurse, &path, smokes("77176002", "2010-01-01T00:00:00Z")).await.expect(201);
    let now = app.post(Role::Nurse, &path, smokes("8517006", "2024-01-01T00:00:00Z")).await.expect(201).id();
    let drinks =
        json!({ "topic": "alcoholic_drinks_per_day", "value": { "quantity": { "value": "2", "unit": "{wine}/d" } } });
    app.post(Role::Nurse, &path, drinks).await.expect(201);
    let smoking = app.get(Role::Nurse, &format!("{path}?code=72166-2&sort=oldest")).await.expect(200).body;
    let codes: Vec<&Value> = smoking["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["value"]["concept"]["coding"][0]["code"])
        .collect();
    assert_eq!(codes, ["77176002", "8517006"]);
    let before = app.get(Role::Nurse, &format!("{path}?until=2020-01-01T00:00:00Z")).await.expect(200).body;
    assert_eq!(before["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(chart(&app, &patient).await["social_history"]["items"].as_array().map(Vec::len), Some(3));

    let one = format!("/api/v1/social-history/{now}");
    app.patch(Role::Doctor, &one, 1, json!({ "effective_at": "2023-06-01T00:00:00Z" })).await.expect(200);
    assert_eq!(app.get(Role::Nurse, &one).await.expect(200).body["effective_at"], "2023-06-01T00:00:00Z");
    let ahead = app.patch(Role::Doctor, &one, 2, json!({ "effective_at": "2901-01-01T00:00:00Z" })).await;
    ahead.expect_problem(422, "/problems/observation/in-the-future", &["/effective_at"]);
    app.post(Role::Nurse, &format!("{one}/entered-in-error"), json!({ "reason": "wrong" })).await.expect(200);
    assert_eq!(
        app.get(Role::Nurse, &format!("{path}?code=72166-2")).await.expect(200).body["items"].as_array().map(Vec::len),
        Some(1)
    );
    for nothing in [json!({ "value": { "flag": true } }), json!({ "topic": "occupation", "value": { "text": " " } })] {
        app.post(Role::Nurse, &path, nothing).await.expect(422);
    }
    // A result of the laboratory is not how somebody lives.
    let results = format!("/api/v1/patients/{patient}/laboratory-results");
    let result = app.post(Role::LabTechnician, &results, crate::observation::potassium("4.1")).await.expect(201).id();
    let other = format!("/api/v1/social-history/{result}/entered-in-error");
    app.post(Role::Nurse, &other, json!({ "reason": "wrong" })).await.expect(404);
}
