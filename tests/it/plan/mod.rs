//! Plans of treatment over the real server.

mod follow;
mod lists;
mod made;

use healthcare_tests::app::Answer;
use serde_json::{Value, json};

use crate::note::Somebody;

/// A plan with a goal, a task and a review.
pub fn diabetes() -> Value {
    json!({
        "title": "Type 2 diabetes",
        "goals": [{ "description": { "text": "Potassium in range" },
            "measure": { "coding": [{ "system": "http://loinc.org", "code": "2823-3", "display": "Potassium" }] },
            "target": { "range": { "low": { "value": "3.5", "unit": "mmol/L" }, "high": { "value": "5.1", "unit": "mmol/L" } } },
            "due": "2027-06-30" }],
        "activities": [{ "what": { "text": "Teach self-injection" }, "assigned_to": { "role": "nurse" } }],
        "reviews": [{ "due": "2026-01-31" }],
    })
}

/// The same, followed at once.
pub fn followed() -> Value {
    let mut body = diabetes();
    body["activate"] = json!(true);
    body
}

impl Somebody<'_> {
    /// Makes a plan for somebody; its path.
    pub async fn plans(&self, patient: &str, body: Value) -> String {
        let made = self.post(&format!("/api/v1/patients/{patient}/plans"), body).await.expect(201);
        format!("/api/v1/plans/{}", made.id())
    }

    /// Takes a plan further.
    pub async fn course(&self, plan: &str, course: &str) -> Answer {
        self.post(&format!("{plan}/status"), json!({ "course": course, "reason": "as agreed" })).await
    }

    /// A plan as it stands.
    pub async fn sees(&self, plan: &str) -> Value {
        self.get(plan).await.expect(200).body["plan"].clone()
    }
}
