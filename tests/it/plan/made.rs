use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{diabetes, followed};
use crate::{encounter::admit, note::Somebody, observation::potassium, patient::register};

#[tokio::test]
async fn a_plan_is_made_with_its_parts_and_shows_what_was_measured() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let path = ann.plans(&patient, followed()).await;
    let seen = ann.get(&path).await.expect(200);
    assert_eq!(seen.header("etag"), Some("\"2\""));
    let plan = &seen.body["plan"];
    assert_eq!((&plan["status"], &plan["goals"][0]["status"]), (&json!("active"), &json!("active")));
    assert_eq!((&plan["activities"][0]["number"], &plan["activities"][0]["status"]), (&json!(1), &json!("scheduled")));
    assert_eq!(plan["reviews"][0]["responsible"], json!({ "account": ann.id }));
    assert_eq!(seen.body["progress"], json!([]));

    let results = format!("/api/v1/patients/{patient}/laboratory-results");
    for (value, reached) in [("6.1", false), ("4.4", true)] {
        let result = app.post(Role::LabTechnician, &results, potassium(value)).await.expect(201).id();
        let progress = ann.get(&path).await.expect(200).body["progress"].clone();
        assert_eq!((&progress[0]["goal"], &progress[0]["value"]["value"]), (&json!(1), &json!(value)));
        assert_eq!((&progress[0]["observation"], &progress[0]["reached"]), (&json!(result), &json!(reached)));
    }
    let chart = ann.get(&format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    assert_eq!(chart["plans"]["items"][0]["title"], "Type 2 diabetes");
}

#[tokio::test]
async fn what_cannot_be_a_plan_is_refused_with_its_place() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/plans");
    let with = |field: &str, value: Value| {
        let mut body = diabetes();
        body[field] = value;
        body
    };
    let other = admit(&app, &register(&app).await).await;
    let goal =
        |target: Value| json!([{ "description": { "text": "x" }, "measure": { "text": "y" }, "target": target }]);
    for (body, kind, places) in [
        (with("colour", json!(1)), "/problems/request/shape", &["/colour"][..]),
        (with("title", Value::Null), "/problems/plan/no-title", &["/title"]),
        (with("ends_at", json!("2001-01-01T00:00:00Z")), "/problems/plan/bad-period", &["/ends_at"]),
        (with("encounter", json!(other)), "/problems/request/foreign-reference", &["/encounter"]),
        (with("template", json!(other)), "/problems/plan/no-such-template", &["/template"]),
        (with("goals", goal(json!({ "range": {} }))), "/problems/plan/bad-target", &[]),
        (with("activities", json!([{ "what": {} }])), "/problems/plan/no-description", &[]),
        (
            with("activities", json!([{ "what": { "text": "x" }, "assigned_to": { "role": "analyst" } }])),
            "/problems/plan/no-such-assignee",
            &[],
        ),
        (
            with("reviews", json!([{ "due": "2027-01-01", "responsible": { "account": other } }])),
            "/problems/plan/no-such-assignee",
            &[],
        ),
    ] {
        app.post(Role::Doctor, &path, body).await.expect_problem(422, kind, places);
    }
    let twice = with("reviews", json!([{ "due": "2027-01-01" }, { "due": "2027-01-01" }]));
    app.post(Role::Doctor, &path, twice).await.expect_problem(409, "/problems/plan/already-due", &[]);
    app.post(Role::Pharmacist, &path, diabetes()).await.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.count("es.event where stream_type = 'plan'").await, 0);
}

#[tokio::test]
async fn a_plan_is_described_otherwise_by_who_has_seen_it() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let made = app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/plans"), diabetes()).await.expect(201).id();
    let path = format!("/api/v1/plans/{made}");
    let blind = app.request(Role::Doctor, Method::PATCH, &path).await.json(&json!({ "title": "Other" }));
    blind.answer().await.expect_problem(428, "/problems/request/precondition-required", &["If-Match"]);
    app.patch(Role::Doctor, &path, 3, json!({ "title": "Other" })).await.expect_problem(
        412,
        "/problems/request/stale",
        &["If-Match"],
    );
    app.patch(Role::Doctor, &path, 1, json!({ "goals": [] })).await.expect_problem(
        422,
        "/problems/request/shape",
        &["/goals"],
    );
    let (one, other) = futures::join!(
        app.patch(Role::Doctor, &path, 1, json!({ "title": "One" })),
        app.patch(Role::Nurse, &path, 1, json!({ "title": "Two" }))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    app.patch(Role::Doctor, &path, 2, json!({ "title": "Three", "description": "Lower it." })).await.expect(200);
    let seen = app.get(Role::Doctor, &path).await.expect(200).body;
    assert_eq!((&seen["plan"]["title"], &seen["plan"]["description"]), (&json!("Three"), &json!("Lower it.")));
    assert_eq!(seen["plan"]["goals"].as_array().map(Vec::len), Some(1), "what is not said stays");
}

#[tokio::test]
async fn a_plan_made_from_a_template_has_its_parts_in_their_time() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let template = json!({ "template": { "plan": {
        "title": "After the hip", "goals": [{ "description": { "text": "Walks 100 m" }, "due_after_days": 14 }],
        "activities": [{ "what": { "text": "Dressing change" }, "role": "nurse", "after_days": 2 }],
        "review_after_days": [7, 30],
    } } });
    let unknown = json!({ "template": { "plan": { "title": "x", "activities": [{ "what": { "text": "y" }, "role": "analyst" }] } } });
    app.post(Role::Doctor, "/api/v1/templates", unknown).await.expect_problem(
        422,
        "/problems/template/no-such-role",
        &[],
    );
    let template = app.post(Role::SeniorClinician, "/api/v1/templates", template).await.expect(201).id();
    let body = json!({ "template": template, "starts_at": "2027-01-01T10:00:00Z", "activities": [{ "what": { "text": "Physiotherapy" } }] });
    let made = app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/plans"), body).await.expect(201).id();
    let plan = app.get(Role::Doctor, &format!("/api/v1/plans/{made}")).await.expect(200).body["plan"].clone();
    assert_eq!((&plan["title"], &plan["status"]), (&json!("After the hip"), &json!("draft")));
    assert_eq!(plan["template"], json!({ "id": template, "revision": 1 }));
    assert_eq!(plan["goals"][0]["due"], "2027-01-15");
    assert_eq!(
        (&plan["activities"][0]["scheduled_at"], &plan["activities"][0]["assigned_to"]),
        (&json!("2027-01-03T00:00:00Z"), &json!({ "role": "nurse" }))
    );
    assert_eq!(plan["activities"][1]["what"]["text"], "Physiotherapy");
    assert_eq!((&plan["reviews"][0]["due"], &plan["reviews"][1]["due"]), (&json!("2027-01-08"), &json!("2027-01-31")));
}
