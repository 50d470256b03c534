use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::diabetes;
use crate::{encounter::admit, note::Somebody, note::of, patient::register};

#[tokio::test]
async fn plans_are_listed_by_where_they_stand_in_pages_either_way() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    for day in 1..=5 {
        let mut body = diabetes();
        body["title"] = json!(format!("Plan {day}"));
        body["starts_at"] = json!(format!("2026-03-0{day}T08:00:00Z"));
        body["activate"] = json!(day % 2 == 0);
        let plan = ann.plans(&patient, body).await;
        if day == 4 {
            ann.course(&plan, "hold").await.expect(200);
        }
    }
    let list = format!("/api/v1/patients/{patient}/plans");
    let titles = async |query: &str| of(&ann.get(&format!("{list}?{query}")).await.expect(200), "title");
    assert_eq!(titles("").await, ["Plan 5", "Plan 4", "Plan 3", "Plan 2", "Plan 1"]);
    assert_eq!(titles("status=on-hold").await, ["Plan 4"]);
    assert_eq!(titles("active=true&sort=oldest").await, ["Plan 2", "Plan 4"]);
    assert_eq!(titles("status=draft").await, ["Plan 5", "Plan 3", "Plan 1"]);
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let page = ann.get(&format!("{list}?limit=2&sort=oldest{cursor}")).await.expect(200);
        seen.extend(of(&page, "title"));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["Plan 1", "Plan 2", "Plan 3", "Plan 4", "Plan 5"]);
    for wrong in ["sort=title", "cursor=1", "limit=201", "colour=red", "status=gone"] {
        assert_eq!(ann.get(&format!("{list}?{wrong}")).await.status, 400, "{wrong}");
    }
}

/// A plan that came from another system is listed and shown, and changed by nobody here.
#[tokio::test]
async fn a_plan_of_another_system_is_shown_and_left_alone() {
    let app = spawn_app().await;
    let text = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "resource": { "resourceType": "Patient", "id": "0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "gender": "female",
            "name": [{ "family": "Imported" }], "birthDate": "1950-01-01" } },
        { "resource": { "resourceType": "Goal", "id": "1f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "lifecycleStatus": "active",
            "description": { "text": "Walks" }, "subject": { "reference": "Patient/0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0" } } },
        { "resource": { "resourceType": "CarePlan", "id": "2f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "status": "active", "intent": "plan",
            "title": "Rehabilitation", "subject": { "reference": "Patient/0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0" },
            "goal": [{ "reference": "Goal/1f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0" }] } },
        { "resource": { "resourceType": "DocumentReference", "id": "3f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "status": "current",
            "type": { "coding": [{ "system": "http://loinc.org", "code": "34117-2", "display": "History and physical note" }] },
            "subject": { "reference": "Patient/0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0" }, "date": "2024-01-01T08:00:00Z",
            "content": [{ "attachment": { "contentType": "text/plain", "data": "U2FyY29pZG9zaXMu" } }] } },
    ] });
    let report = app.post(Role::Admin, "/api/v1/imports", text).await.expect(200);
    assert_eq!(report.body["refusals"], json!([]), "{:#}", report.body);
    let patient =
        app.get(Role::Doctor, "/api/v1/patients?name=Imported").await.expect(200).body["items"][0]["id"].clone();
    let patient = patient.as_str().expect("an id");
    let plans =
        app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/plans?status=active")).await.expect(200).body;
    let plan = &plans["items"][0];
    assert_eq!((&plan["status"], &plan["content"]["title"]), (&json!("recorded"), &json!("Rehabilitation")));
    let goals = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/goals")).await.expect(200).body;
    assert_eq!(plan["content"]["goals"][0]["id"], goals["items"][0]["id"], "the goal came as one");
    let path = format!("/api/v1/plans/{}", plan["id"].as_str().expect("an id"));
    assert_eq!(app.get(Role::Doctor, &path).await.expect(200).body["plan"]["content"]["status"], "active");
    let refused = app.post(Role::Doctor, &format!("{path}/status"), json!({ "course": "complete" })).await;
    refused.expect_problem(409, "/problems/plan/elsewhere", &[]);
    let notes = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/notes")).await.expect(200).body;
    assert_eq!(
        (&notes["items"][0]["status"], &notes["items"][0]["excerpt"]),
        (&json!("signed"), &json!("Sarcoidosis."))
    );
    let found = app
        .post(Role::Doctor, &format!("/api/v1/patients/{patient}/notes/search"), json!({ "words": "sarcoidosis" }))
        .await;
    assert_eq!(found.expect(200).body["items"].as_array().map(Vec::len), Some(1));
}
