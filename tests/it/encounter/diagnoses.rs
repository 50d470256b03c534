use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::admit;
use crate::patient::register;

async fn listed(app: &TestApp, stay: &str) -> Vec<(String, String, i64)> {
    let visit = app.get(Role::Doctor, &format!("/api/v1/encounters/{stay}")).await.expect(200).body;
    let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
    let of = |one: &Value| {
        (
            text(one, "use"),
            one["code"]["text"].as_str().unwrap_or_default().to_owned(),
            one["rank"].as_i64().unwrap_or(0),
        )
    };
    visit["diagnoses"].as_array().map(|all| all.iter().map(of).collect()).unwrap_or_default()
}

#[tokio::test]
async fn diagnoses_are_listed_ranked_and_taken_off() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let path = format!("/api/v1/encounters/{stay}/diagnoses");
    let new = |text: &str| json!({ "code": { "text": text }, "use": "discharge" });
    let first = app.post(Role::Doctor, &path, new("Pneumonia")).await.expect(201);
    let pneumonia = first.body["problem"].as_str().expect("a condition").to_owned();
    // What is diagnosed is on record as a condition of the visit, and both events tell their resource.
    let problem = app.get(Role::Doctor, &format!("/api/v1/problems/{pneumonia}")).await.expect(200).body;
    assert_eq!((&problem["encounter"], &problem["verification"]), (&json!(stay), &json!("confirmed")));
    assert_eq!(app.count("es.event where event_type = 'encounter.diagnosis.added'").await, 1);

    let copd = json!({ "code": { "text": "COPD" } });
    let problems = format!("/api/v1/patients/{patient}/problems");
    let copd = app.post(Role::Doctor, &problems, copd).await.expect(201).id();
    let chronic = json!({ "problem": copd, "use": "discharge", "rank": 1 });
    app.post(Role::Doctor, &path, chronic.clone()).await.expect(201);
    assert_eq!(app.count("es.event where event_type = 'encounter.diagnosis.added'").await, 2);
    let of = |text: &str, rank: i64| ("discharge".to_owned(), text.to_owned(), rank);
    assert_eq!(listed(&app, &stay).await, [of("COPD", 1), of("Pneumonia", 2)]);
    let twice = app.post(Role::Doctor, &path, chronic).await;
    twice.expect_problem(409, "/problems/encounter/already-listed", &[]);

    let principal = json!({ "problem": pneumonia, "use": "discharge", "rank": 1 });
    app.post(Role::Doctor, &format!("{path}/rank"), principal).await.expect(200);
    assert_eq!(listed(&app, &stay).await, [of("Pneumonia", 1), of("COPD", 2)]);
    let beyond = json!({ "problem": pneumonia, "use": "discharge", "rank": 3 });
    let beyond = app.post(Role::Doctor, &format!("{path}/rank"), beyond).await;
    beyond.expect_problem(422, "/problems/encounter/no-such-rank", &["/rank"]);
    let off = json!({ "problem": pneumonia, "use": "discharge", "reason": "ruled out" });
    app.post(Role::Doctor, &format!("{path}/remove"), off.clone()).await.expect(200);
    assert_eq!(listed(&app, &stay).await, [of("COPD", 1)]);
    let gone = app.post(Role::Doctor, &format!("{path}/remove"), off).await;
    gone.expect_problem(409, "/problems/encounter/not-listed", &[]);
}

#[tokio::test]
async fn a_diagnosis_is_this_patients_and_made_by_who_may() {
    let app = spawn_app().await;
    let stay = admit(&app, &register(&app).await).await;
    let path = format!("/api/v1/encounters/{stay}/diagnoses");
    let other = register(&app).await;
    let foreign = json!({ "code": { "text": "Asthma" } });
    let foreign = app.post(Role::Doctor, &format!("/api/v1/patients/{other}/problems"), foreign).await.expect(201).id();
    let refused = app.post(Role::Doctor, &path, json!({ "problem": foreign, "use": "admission" })).await;
    refused.expect_problem(422, "/problems/request/foreign-reference", &["/problem"]);
    let neither = app.post(Role::Doctor, &path, json!({ "use": "admission" })).await;
    neither.expect_problem(422, "/problems/request/invalid", &["/code"]);
    let nameless = app.post(Role::Doctor, &path, json!({ "code": {}, "use": "admission" })).await;
    nameless.expect_problem(422, "/problems/encounter/unnamed", &["/code"]);
    let nurse = app.post(Role::Nurse, &path, json!({ "code": { "text": "Asthma" }, "use": "admission" })).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.count("es.event where stream_type = 'encounter'").await, 1);
}
