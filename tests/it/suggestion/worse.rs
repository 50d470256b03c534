use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{critical, in_seconds, report, reviewed, until};

const RULE: &str = "critical-potassium-high";

async fn answer(app: &TestApp, open: &Value, how: &str, body: Value) {
    let path = format!("/api/v1/suggestions/{}/{how}", open["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &path, body).await.expect(200);
}

/// What was answered or put off for a milder value says nothing of one that is clearly worse; what gets better, or goes on
/// as it is, disturbs nobody.
#[tokio::test]
async fn what_is_clearly_worse_is_told_again_within_its_time() {
    let app = spawn_app().await;
    for (how, body, status) in [
        ("accept", json!({}), "accepted"),
        ("override", json!({ "reason": "Known and being treated" }), "overridden"),
        // What is worse takes the place of what is open, put off or not.
        ("snooze", json!({ "until": in_seconds(&app, 3600) }), "withdrawn"),
    ] {
        let patient = crate::patient::register(&app).await;
        report(&app, &patient, "6.1").await;
        let open = until(&app, &patient, RULE, &["open"]).await;
        answer(&app, &open[0], how, body).await;
        report(&app, &patient, "6.4").await;
        reviewed(&app).await;
        assert_eq!(until(&app, &patient, RULE, &[if how == "snooze" { "open" } else { status }]).await.len(), 1);
        report(&app, &patient, "7.4").await;
        let told = until(&app, &patient, RULE, &["open", status]).await;
        assert!(told[0]["summary"].as_str().is_some_and(|words| words.contains("7.4")), "{:#}", told[0]);
        answer(&app, &told[0], "accept", json!({})).await;
        for better in ["6.8", "6.2", "7.1"] {
            report(&app, &patient, better).await;
            reviewed(&app).await;
            until(&app, &patient, RULE, &["accepted", status]).await;
        }
    }
}

/// While it is open, a worse value takes its place with what is known now, and a better one leaves it as it is.
#[tokio::test]
async fn what_is_open_is_replaced_by_what_is_worse_and_kept_by_what_is_milder() {
    let app = spawn_app().await;
    let (patient, path) = critical(&app).await;
    report(&app, &patient, "6.1").await;
    reviewed(&app).await;
    let open = until(&app, &patient, RULE, &["open"]).await;
    assert_eq!(format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id")), path);
    report(&app, &patient, "7.0").await;
    let told = until(&app, &patient, RULE, &["open", "withdrawn"]).await;
    assert!(told[0]["summary"].as_str().is_some_and(|words| words.contains('7')), "{:#}", told[0]);
    report(&app, &patient, "4.4").await;
    until(&app, &patient, RULE, &["withdrawn", "withdrawn"]).await;
}
