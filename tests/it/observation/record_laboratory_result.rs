use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::potassium;
use crate::{encounter::admit, patient::register};

#[tokio::test]
async fn a_result_waits_until_it_is_viewed() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let chart = format!("/api/v1/patients/{patient}/chart");
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    let result = app.post(Role::LabTechnician, &path, potassium("4.2")).await.expect(201).id();
    assert_eq!(app.get(Role::Doctor, &chart).await.body["counts"]["unread_results"], 1);

    let viewed = format!("/api/v1/observations/{result}/viewed");
    app.post(Role::LabTechnician, &viewed, json!({})).await.expect_problem(403, "/problems/access/denied", &[]);
    app.post(Role::Doctor, &viewed, json!({})).await.expect(200);
    let again = app.post(Role::Doctor, &viewed, json!({})).await.expect(200);
    assert_eq!(again.body["version"], 2, "a second time changes nothing");
    let chart = app.get(Role::Doctor, &chart).await.body;
    assert_eq!(chart["counts"]["unread_results"], 0);
    assert_eq!(chart["laboratory"]["items"][0]["value"]["quantity"]["value"], "4.2");
}

#[tokio::test]
async fn a_result_that_says_nothing_or_is_foreign_is_refused() {
    let app = spawn_app().await;
    let (patient, other) = (register(&app).await, register(&app).await);
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    let visit = admit(&app, &other).await;
    let code = potassium("4")["code"].clone();
    let silent = app.post(Role::LabTechnician, &path, json!({ "code": code })).await;
    silent.expect_problem(422, "/problems/observation/no-value", &["/value"]);
    let mut foreign = potassium("4");
    foreign["encounter"] = json!(visit);
    let foreign = app.post(Role::LabTechnician, &path, foreign).await;
    foreign.expect_problem(422, "/problems/request/foreign-reference", &["/encounter"]);
    let nurse = app.post(Role::Nurse, &path, potassium("4")).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.clinical_events().await, 3);
}

/// What a person types in a unit that is none is a slip; what a rule cannot read is said, and what it can read is judged.
#[tokio::test]
async fn a_unit_that_cannot_be_read_is_said_and_one_that_is_none_is_refused() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    let in_unit = |unit: &str| {
        let mut result = potassium("4.5");
        result["value"]["quantity"]["unit"] = json!(unit);
        result
    };
    let refused = app.post(Role::LabTechnician, &path, in_unit("furlong")).await;
    refused.expect_problem(422, "/problems/request/invalid", &["/value/quantity/unit"]);
    for everyday in ["mmol/l", "mEq/L", "mM"] {
        let stored = app.post(Role::LabTechnician, &path, in_unit(everyday)).await.expect(201);
        assert_eq!(stored.body["lacking"], json!([]), "{everyday}");
    }
    let foreign = app.post(Role::LabTechnician, &path, in_unit("%")).await.expect(201);
    let lacking: Vec<&str> =
        foreign.body["lacking"].as_array().expect("a list").iter().filter_map(|one| one["rule"].as_str()).collect();
    assert_eq!(lacking, ["critical-potassium-high", "critical-potassium-low"], "{:#}", foreign.body);
    let mut bound = potassium("4.5");
    bound["value"] = json!({ "text": ">5 mmol/L" });
    let open = app.post(Role::LabTechnician, &path, bound.clone()).await.expect(201);
    assert_eq!(open.body["lacking"][0]["rule"], "critical-potassium-high", "{:#}", open.body);
    bound["value"] = json!({ "text": ">13 mmol/L" });
    let told = app.post(Role::LabTechnician, &path, bound).await;
    told.expect_problem(409, "/problems/observation/findings", &[]);
}

/// Ana was born in 1954.
#[tokio::test]
async fn a_result_lies_within_a_life() {
    let app = spawn_app().await;
    let path = format!("/api/v1/patients/{}/laboratory-results", register(&app).await);
    let sampled = async |at: &str| {
        let mut result = potassium("4");
        result["effective_at"] = json!(at);
        app.post(Role::LabTechnician, &path, result).await
    };
    for at in ["1953-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "-4000-01-01T00:00:00Z"] {
        sampled(at).await.expect_problem(422, "/problems/observation/before-birth", &["/effective_at"]);
    }
    let ahead = sampled("2901-01-01T00:00:00Z").await;
    ahead.expect_problem(422, "/problems/observation/in-the-future", &["/effective_at"]);
    sampled("1954-03-02T00:00:00Z").await.expect(201);
}
