//! Visits and stays over the real server.

mod course;
mod diagnoses;
mod discharge_patient;
mod inpatient;
mod journey;
mod team;

use healthcare_application::Role;
use healthcare_tests::app::TestApp;
use serde_json::json;

/// Admits a patient and answers the encounter's id.
pub async fn admit(app: &TestApp, patient: &str) -> String {
    let body = json!({ "class": "inpatient", "ward": "A" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/encounters"), body).await.expect(201).id()
}
