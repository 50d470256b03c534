//! Patients over the real server.

mod details;
mod directory;
mod find_patients;
mod pathways;
mod record_number;
mod register_patient;
mod search;
mod standing;

use healthcare_application::Role;
use healthcare_tests::app::TestApp;
use serde_json::{Value, json};

/// Demographics of somebody who does not exist.
pub fn ana() -> Value {
    json!({
        "identifiers": [{ "system": "http://hospital.example/mrn", "value": "MRN-00012" }],
        "names": [{ "family": "Ferreira", "given": ["Ana", "Luísa"] }],
        "gender": "female",
        "birth_date": "1954-03-02",
    })
}

/// Registers somebody like her, with a number of their own, and answers their id.
pub async fn register(app: &TestApp) -> String {
    let mut body = ana();
    body["identifiers"][0]["value"] = json!(format!("MRN-{}", app.platform.app.clock.new_id()));
    app.post(Role::Receptionist, "/api/v1/patients", body).await.expect(201).id()
}
