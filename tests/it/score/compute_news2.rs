use std::collections::HashMap;

use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Map, Value, json};

const PATH: &str = "/api/v1/scores/news2";

/// Every row of the reference table, through HTTP.
#[tokio::test]
async fn the_calculator_answers_as_the_reference_does() {
    let app = spawn_app().await;
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/calculators/news2-boundaries.csv");
    let mut rows = csv::Reader::from_path(table).expect("the reference table");
    let mut checked = 0;
    for row in rows.deserialize::<HashMap<String, String>>() {
        let row = row.expect("a row");
        let value = |name: &str| serde_json::from_str::<Value>(&row[name]).unwrap_or_else(|_| json!(row[name]));
        let inputs =
            row.keys().filter(|name| !["total", "band"].contains(&name.as_str()) && !name.starts_with("score_"));
        let body: Map<String, Value> = inputs.map(|name| (name.clone(), value(name))).collect();
        assert_eq!(body.len(), 8);
        let answer = app.post(Role::Nurse, PATH, body.into()).await.expect(200).body;
        let parts: Map<String, Value> = row
            .keys()
            .filter_map(|name| name.strip_prefix("score_").map(|part| (part.to_owned(), value(name))))
            .collect();
        assert_eq!(answer["total"], value("total"), "{row:?}");
        assert_eq!(answer["band"], value("band"), "{row:?}");
        assert_eq!(answer["parts"], Value::Object(parts), "{row:?}");
        checked += 1;
    }
    assert_eq!(checked, 713);
    assert_eq!(app.clinical_events().await, 0, "a calculator stores nothing");
}

#[tokio::test]
async fn what_is_missing_is_said_and_never_normal() {
    let app = spawn_app().await;
    let some = json!({ "respiratory_rate": "25", "temperature": 36.8, "consciousness": "A", "pulse": null });
    let answer = app.post(Role::RuleAuthor, PATH, some).await.expect(200).body;
    assert_eq!((&answer["outcome"], &answer["partial"]), (&json!("incomplete"), &json!(3)));
    assert_eq!(answer["missing"], json!(["spo2", "oxygen", "systolic_bp", "pulse"]));
    assert_eq!((&answer["parts"]["spo2"], &answer["total"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn what_cannot_be_charted_is_refused_with_its_place() {
    let app = spawn_app().await;
    let cases = [
        (json!({ "spo2": 101 }), "/problems/score/out-of-range", "/spo2"),
        (json!({ "temperature": "384.5" }), "/problems/score/out-of-range", "/temperature"),
        (json!({ "spo2_scale": 3 }), "/problems/request/shape", "/spo2_scale"),
        (json!({ "consciousness": "D" }), "/problems/request/shape", "/consciousness"),
        (json!({ "pulse": "fast" }), "/problems/request/shape", "/pulse"),
        (json!({ "heart_rate": 70 }), "/problems/request/shape", "/heart_rate"),
    ];
    for (body, kind, place) in cases {
        app.post(Role::Doctor, PATH, body).await.expect_problem(422, kind, &[place]);
    }
    app.post(Role::Analyst, PATH, json!({})).await.expect_problem(403, "/problems/access/denied", &[]);
}
