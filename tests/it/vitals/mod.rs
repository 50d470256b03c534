//! Vital signs over the real server.

mod list_vitals;
mod record_vitals;

use serde_json::{Value, json};

/// One measurement.
pub fn sign(sign: &str, value: &str, unit: &str) -> Value {
    json!({ "sign": sign, "value": value, "unit": unit })
}

/// A whole set of signs of somebody well.
pub fn well() -> Value {
    json!({
        "measurements": [
            sign("respiratory_rate", "16", "/min"),
            sign("spo2", "98", "%"),
            sign("systolic_bp", "120", "mm[Hg]"),
            sign("diastolic_bp", "70", "mm[Hg]"),
            sign("heart_rate", "70", "/min"),
            sign("temperature", "98.2", "[degF]"),
        ],
        "consciousness": "A",
        "on_oxygen": false,
    })
}
