use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use super::Somebody;
use crate::{encounter::admit, patient::register, support::walk::both_ways};

fn round(title: &str) -> Value {
    json!({ "template": { "note": {
        "title": title, "note_type": { "coding": [{ "system": "http://loinc.org", "code": "11506-3", "display": "Progress note" }] },
        "sections": [{ "title": "Overnight", "prompt": "Fever, pain, falls?" }, { "title": "Plan", "required": true }],
    } } })
}

#[tokio::test]
async fn a_note_begun_from_a_template_asks_for_its_sections() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let senior = Somebody::hired(&app, "sam", Role::SeniorClinician, &["A"]).await;
    let template = senior.post("/api/v1/templates", round("Ward round")).await.expect(201).id();
    app.post(Role::Nurse, "/api/v1/templates", round("Mine")).await.expect_problem(403, "/problems/access/denied", &[]);

    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let path = ann.writes(&patient, json!({ "template": template })).await;
    let begun = ann.get(&path).await.expect(200).body;
    assert_eq!(
        (&begun["title"], &begun["template"]),
        (&json!("Ward round"), &json!({ "id": template, "revision": 1 }))
    );
    assert_eq!(
        (&begun["sections"][0]["prompt"], &begun["sections"][1]["required"]),
        (&json!("Fever, pain, falls?"), &json!(true))
    );
    ann.post(&format!("{path}/sign"), json!({})).await.expect_problem(422, "/problems/note/incomplete", &["/sections"]);
    let written = json!({ "sections": [
        { "title": "Overnight", "prompt": "Fever, pain, falls?", "text": "Slept well." },
        { "title": "Plan", "required": true, "text": "Home." },
    ] });
    ann.put(&format!("{path}/draft"), 1, written).await.expect(200);
    ann.post(&format!("{path}/sign"), json!({})).await.expect(200);

    let of = format!("/api/v1/templates/{template}");
    senior.put(&of, 7, round("Round")).await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    senior.put(&of, 1, round("Round")).await.expect(200);
    let now = ann.get(&of).await.expect(200).body;
    assert_eq!((&now["revision"], &now["kind"], &now["note"]["title"]), (&json!(2), &json!("note"), &json!("Round")));
    assert_eq!(ann.get(&path).await.expect(200).body["title"], "Ward round", "what was written stays as it was");
    let plan = json!({ "template": { "plan": { "title": "P", "activities": [{ "what": { "text": "Walk" } }] } } });
    senior.put(&of, 2, plan.clone()).await.expect_problem(409, "/problems/template/another-kind", &[]);
    senior.post("/api/v1/templates", plan).await.expect(201);
    let listed = ann.get("/api/v1/templates?kind=note&active=true").await.expect(200).body;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    senior.post(&format!("{of}/retire"), json!({})).await.expect(200);
    let over = ann.post(&format!("/api/v1/patients/{patient}/notes"), json!({ "template": template })).await;
    over.expect_problem(422, "/problems/note/no-such-template", &["/template"]);
    assert_eq!(ann.get("/api/v1/templates?kind=note&active=true").await.expect(200).body["items"], json!([]));
}

#[tokio::test]
async fn templates_are_told_from_either_end() {
    let app = spawn_app().await;
    for n in 0..4 {
        app.post(Role::SeniorClinician, "/api/v1/templates", round(&format!("Round {n}"))).await.expect(201);
    }
    both_ways(&app, Role::Doctor, "/api/v1/templates", "-at").await;
    both_ways(&app, Role::Doctor, "/api/v1/templates?kind=note&active=true", "-at").await;
}
