//! Laboratory results over the real server.

mod record_laboratory_result;

use serde_json::{Value, json};

/// A result of serum potassium.
pub fn potassium(value: &str) -> Value {
    json!({
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2823-3", "display": "Potassium" }] },
        "value": { "quantity": { "value": value, "unit": "mmol/L" } },
        "reference_range": "3.5 to 5.1 mmol/L",
    })
}
