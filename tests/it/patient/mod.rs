//! Patients over the real server.

mod details;
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

/// Registers her and answers her id.
pub async fn register(app: &TestApp) -> String {
    app.post(Role::Receptionist, "/api/v1/patients", ana()).await.expect(201).id()
}
