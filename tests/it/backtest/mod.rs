//! Rules tried on the hospital's own history.

mod exact;
mod over_http;
mod progress;
mod samples;
mod who;

use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::app::TestApp;
use serde_json::{Value, json};

/// Asks for a backtest of the last ten days as a rule author, and waits for its end.
pub async fn tried(app: &TestApp, mut body: Value) -> Value {
    let now = app.platform.app.clock.now();
    body["from"] = json!(now - chrono::Duration::days(10));
    body["to"] = json!(now);
    let id = app.post(Role::RuleAuthor, "/api/v1/rules/backtests", body).await.expect(201).id();
    ended(app, Role::RuleAuthor, &id).await
}

/// Waits for the end of a backtest.
pub async fn ended(app: &TestApp, role: Role, id: &str) -> Value {
    for _ in 0..600 {
        let shown = app.get(role, &format!("/api/v1/rules/backtests/{id}")).await.expect(200).body;
        if !["queued", "running"].contains(&shown["state"].as_str().unwrap_or_default()) {
            return shown;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the backtest does not end");
}

/// The document of a rule in force, changed.
pub fn changed(app: &TestApp, rule: &str, change: impl FnOnce(&mut Value)) -> Value {
    let ports = &app.platform.app;
    let rules = ports.rules.at(ports.clock.now());
    let mut document = json!(rules.house().document(rule).expect("the rule"));
    change(&mut document);
    document
}
