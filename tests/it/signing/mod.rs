//! What is checked before it is signed: diagnoses, admissions, results, allergies.

mod admission;
mod diagnosis;
mod problem;
mod result;

use healthcare_application::{
    Call,
    decision::{ReplayOutcome, replay_decision},
};
use healthcare_tests::app::{Answer, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

/// The same body with a reason for each critical finding that was told.
pub fn set_aside(told: &Answer, body: &Value) -> Value {
    let findings = told.body["findings"].as_array().unwrap_or_else(|| panic!("findings: {:#}", told.body)).iter();
    let critical = findings.filter(|finding| finding["severity"] == "critical");
    let mut again = body.clone();
    again["overrides"] =
        critical.map(|finding| json!({ "finding": finding["id"], "reason": "It is being stopped." })).collect();
    again
}

/// Judges the evaluation that an answer names again: it comes out the same byte for byte.
async fn replays(app: &TestApp, answer: &Answer, trigger: &str) {
    let id: Uuid = answer.body["evaluation"].as_str().and_then(|id| id.parse().ok()).expect("an evaluation");
    let ports = &app.platform.app;
    let call = Call::system(ports.clock.new_id());
    let again = replay_decision(ports, &call, id).await.expect("it is judged again");
    assert_eq!(again.trigger, trigger);
    assert!(matches!(again.outcome, ReplayOutcome::Same { .. }), "{again:#?}");
}

/// The reasons that were kept in the last event of a kind, as it was stored.
async fn kept(app: &TestApp, patient: &str, kind: &str) -> Vec<Value> {
    let ports = &app.platform.app;
    let patient = healthcare_domain::id::PatientId(patient.parse().expect("an id"));
    let call = Call::system(ports.clock.new_id());
    let permission = healthcare_application::Permission::ReadChart;
    let permit = ports.authorise(&call, permission, Some(patient)).await.expect("a permit");
    let events = ports.store.history(&permit, patient, ports.clock.now()).await.expect("a history");
    let last = events.iter().rev().find(|one| one.event.kind() == kind).expect("an event of that kind");
    last.event.overrides().iter().map(|answer| json!(answer)).collect()
}
