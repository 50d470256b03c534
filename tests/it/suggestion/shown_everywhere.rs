use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{in_seconds, report, until};
use crate::{live::Follower, patient::register};

const RULE: &str = "critical-potassium-high";

async fn next(follower: &mut Follower) -> Value {
    loop {
        let told = follower.next_of("notification").await.expect("a notification");
        if told["subject"]["type"] == "suggestion" || told["subject"]["kind"] == "suggestion" {
            return told;
        }
    }
}

async fn shown(app: &TestApp, patient: &str) -> (usize, usize) {
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    let inbox = app.get(Role::Doctor, &format!("/api/v1/inbox?patient={patient}")).await.expect(200).body;
    let waiting = inbox["items"].as_array().expect("items").iter().filter(|item| item["kind"] == "suggestion").count();
    (chart["suggestions"]["items"].as_array().expect("items").len(), waiting)
}

/// Raised, put off, back again, answered and withdrawn: the chart, the inbox and those who follow live say the same.
#[tokio::test]
async fn the_chart_the_inbox_and_live_show_what_becomes_of_it() {
    let app = spawn_app().await;
    let token = app.token(Role::Doctor).await;
    let (mut live, _) = Follower::new(&app.url, &token, "").await;
    let patient = register(&app).await;
    report(&app, &patient, "6.8").await;
    let open = until(&app, &patient, RULE, &["open"]).await;
    let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    let told = next(&mut live).await;
    assert_eq!((&told["type"], &told["priority"]), (&json!("suggestion.raised"), &json!("high")), "{told:#}");
    assert_eq!(shown(&app, &patient).await, (1, 1));

    app.post(Role::Doctor, &format!("{path}/snooze"), json!({ "until": in_seconds(&app, 2) })).await.expect(200);
    assert_eq!(next(&mut live).await["type"], "suggestion.snoozed");
    let back = next(&mut live).await;
    assert_eq!((&back["type"], &back["details"]["status"]), (&json!("suggestion.returned"), &json!("open")));
    assert_eq!(shown(&app, &patient).await, (1, 1));

    let inbox = app.get(Role::Doctor, "/api/v1/inbox?kind=suggestion").await.expect(200).body;
    assert_eq!(inbox["items"][0]["action"]["url"], json!(format!("{path}/accept")));
    app.post(Role::Doctor, &format!("{path}/accept"), json!({})).await.expect(200);
    assert_eq!(next(&mut live).await["type"], "suggestion.accepted");
    assert_eq!(shown(&app, &patient).await, (0, 0));

    let other = register(&app).await;
    report(&app, &other, "6.8").await;
    assert_eq!(next(&mut live).await["type"], "suggestion.raised");
    report(&app, &other, "4.0").await;
    assert_eq!(next(&mut live).await["type"], "suggestion.withdrawn");
    until(&app, &other, RULE, &["withdrawn"]).await;
    assert_eq!(shown(&app, &other).await, (0, 0));
}
