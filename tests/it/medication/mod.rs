//! Prescribing with decision support over the real server.

mod prescribe_medication;
mod race;
mod suggest;
mod told;

use healthcare_application::Role;
use healthcare_tests::app::{Answer, TestApp};
use serde_json::{Value, json};

/// An order of a drug in words.
pub fn order(drug: &str) -> Value {
    json!({ "medication": { "text": drug }, "frequency": "once a day" })
}

/// Sends an order as a doctor.
pub async fn prescribe(app: &TestApp, patient: &str, body: Value) -> Answer {
    app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/medication-orders"), body).await
}

/// Records an allergy to penicillin.
pub async fn penicillin(app: &TestApp, patient: &str) -> Answer {
    let allergy = json!({
        "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": "91936005" }], "text": "Penicillin" },
        "criticality": "high",
    });
    app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/allergies"), allergy).await
}

/// Records that no allergies are known.
pub async fn no_known_allergies(app: &TestApp, patient: &str) {
    let none = json!({ "substance": { "text": "No known allergies" }, "statement": "none-known" });
    app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/allergies"), none).await.expect(201);
}

/// The findings of a rule in an answer.
pub fn of_rule<'a>(answer: &'a Answer, rule: &str) -> Vec<&'a Value> {
    let findings = answer.body["findings"].as_array().unwrap_or_else(|| panic!("findings: {:#}", answer.body));
    findings.iter().filter(|finding| finding["rule"] == rule).collect()
}
