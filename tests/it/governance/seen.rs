use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::{app::spawn_app, server::until as waited};
use serde_json::json;

use crate::suggestion::{critical, in_seconds};

/// The justification tells who saw it first, where and when, and what they did.
#[tokio::test]
async fn the_justification_tells_who_saw_it_and_what_they_did() {
    let app = spawn_app().await;
    let (patient, path) = critical(&app).await;
    app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/chart")).await.expect(200);
    app.get(Role::Pharmacist, "/api/v1/inbox?kind=suggestion").await.expect(200);
    app.get(Role::Pharmacist, &path).await.expect(200);
    app.post(Role::Pharmacist, &format!("{path}/snooze"), json!({ "until": in_seconds(&app, 600), "reason": "round" }))
        .await
        .expect(200);
    app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "Dialysis is running." })).await.expect(200);
    let why = waited("all who saw it", Duration::from_secs(30), async || {
        let why = app.get(Role::Doctor, &format!("{path}/justification")).await.expect(200).body;
        (why["shown"].as_array().is_some_and(|all| all.len() == 3)).then_some(why)
    })
    .await;
    let seen: Vec<_> = why["shown"].as_array().unwrap().iter().map(|one| (&one["role"], &one["via"])).collect();
    // The doctor looked at the list while the test waited for the suggestion.
    let expected = [
        (&json!("doctor"), &json!("list")),
        (&json!("nurse"), &json!("chart")),
        (&json!("pharmacist"), &json!("inbox")),
    ];
    assert_eq!(seen, expected, "{:#}", why["shown"]);
    let did: Vec<_> = why["answers"]
        .as_array()
        .expect("answers")
        .iter()
        .map(|one| (&one["what"], &one["role"], &one["reason"]))
        .collect();
    let expected = [
        (&json!("snoozed"), &json!("pharmacist"), &json!("round")),
        (&json!("overridden"), &json!("doctor"), &json!("Dialysis is running.")),
    ];
    assert_eq!(did, expected);
    assert_eq!(app.count("decision.shown").await, 3, "each once");
}
