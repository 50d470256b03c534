//! Registrations of one person over the real server: found, merged, taken apart again.

mod admission;
mod beside_alarms;
mod brought;
mod catalogue;
mod chains;
mod keys;
mod labels;
mod matching;
mod own_account;
mod queue;
mod restricted;
mod sequences;

use healthcare_application::Role;
use healthcare_tests::app::{Answer, TestApp};
use serde_json::{Value, json};

/// Registers somebody and answers their id.
pub async fn registered(app: &TestApp, body: Value) -> String {
    app.post(Role::Receptionist, "/api/v1/patients", body).await.expect(201).id()
}

/// Somebody with a name and a number of their own.
pub fn person(given: &str, family: &str, born: &str, number: &str) -> Value {
    json!({
        "identifiers": [{ "system": "http://hospital.example/mrn", "value": number }],
        "names": [{ "family": family, "given": [given] }],
        "birth_date": born,
    })
}

/// Merges the second into the first.
pub async fn merge(app: &TestApp, survivor: &str, duplicate: &str) -> Answer {
    let body =
        json!({ "duplicate": duplicate, "survivor_version": 1, "duplicate_version": 1, "reason": "one passport" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{survivor}/merge"), body).await
}

/// Takes that back; these entries go with the restored one.
pub async fn unmerge(app: &TestApp, survivor: &str, duplicate: &str, assign: &[&str]) -> Answer {
    let body = json!({ "duplicate": duplicate, "assign": assign, "reason": "two sisters" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{survivor}/unmerge"), body).await
}

/// The ids of a list of a patient, sorted.
pub async fn listed(app: &TestApp, patient: &str, list: &str) -> Vec<String> {
    let page = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/{list}?limit=200")).await.expect(200).body;
    let items = page["items"].as_array().cloned().expect("items");
    assert!(items.iter().all(|item| item["patient"] == patient), "each says whose it is: {items:#?}");
    let mut ids: Vec<String> = items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect();
    ids.sort();
    ids
}
