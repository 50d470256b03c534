//! What becomes of suggestions: put off, taken up, told, shown, not repeated.

pub mod corrected;
mod daily;
mod remembered;
mod reworded;
mod shown_everywhere;
mod snooze;
mod suppressed;
mod taken_up;
mod worse;

use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::app::TestApp;
use serde_json::{Value, json};

use crate::observation::potassium;

/// Waits until a patient's suggestions of a rule are as the test says, newest first.
pub async fn until(app: &TestApp, patient: &str, rule: &str, statuses: &[&str]) -> Vec<Value> {
    let path = format!("/api/v1/patients/{patient}/suggestions");
    let mut last = vec![];
    for _ in 0..400 {
        let list = app.get(Role::Doctor, &path).await.expect(200).body;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        last = items.into_iter().filter(|item| item["rule"] == rule).collect::<Vec<Value>>();
        if last.iter().map(|item| item["status"].as_str().unwrap_or_default()).eq(statuses.iter().copied()) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the suggestions of {rule} never were {statuses:?}: {last:#?}");
}

/// Reports a potassium of so many mmol/L.
pub async fn report(app: &TestApp, patient: &str, value: &str) {
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    app.post(Role::LabTechnician, &path, potassium(value)).await.expect(201);
}

/// A patient with a critical potassium, and the path of the suggestion that says so.
pub async fn critical(app: &TestApp) -> (String, String) {
    let patient = crate::patient::register(app).await;
    report(app, &patient, "6.8").await;
    let open = until(app, &patient, "critical-potassium-high", &["open"]).await;
    (patient, format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id")))
}

/// A time so many seconds from now, as RFC 3339.
pub fn in_seconds(app: &TestApp, seconds: i64) -> Value {
    json!(app.platform.app.clock.now() + chrono::Duration::seconds(seconds))
}

/// Waits until the reviewer has taken in all that was appended before.
pub async fn reviewed(app: &TestApp) {
    let owner = app.owner().await;
    // Also one that has not begun yet has everything before it.
    let sql = "select exists (select from es.checkpoint c where c.name = 'dss.review'
        and not exists (select from es.event e where e.event_type not like 'suggestion.%'
            and not pg_visible_in_snapshot(e.xid, (select t.snap from es.tick t where t.tick_id = c.tick_id))))";
    for _ in 0..400 {
        if owner.query_one(sql, &[]).await.expect("it answers").get(0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the reviewer does not come up to the log");
}
