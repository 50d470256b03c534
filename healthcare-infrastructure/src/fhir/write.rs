//! The FHIR R4 datatypes as they are written. What is absent is left out, never null.

use base64::{Engine, engine::general_purpose::STANDARD};
use healthcare_domain::{code, id::PatientId, quantity, reference};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// An object of what is there.
pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let there = |value: &Value| match value {
        Value::Null => false,
        Value::Array(all) => !all.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => true,
    };
    let fields = fields.into_iter().filter(|(_, value)| there(value));
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

/// A resource of a type and an id.
pub fn resource<const N: usize>(resource_type: &str, id: Uuid, fields: [(&str, Value); N]) -> Value {
    let mut whole = object(fields);
    whole["resourceType"] = json!(resource_type);
    whole["id"] = json!(id);
    whole
}

/// A list of what is there.
pub fn list(all: impl Iterator<Item = Value>) -> Value {
    Value::Array(all.filter(|one| !one.is_null()).collect())
}

/// A `CodeableConcept`.
pub fn concept(of: &code::CodeableConcept) -> Value {
    let coding = of.coding.iter().map(|coding| {
        let system = if coding.system.is_empty() { Value::Null } else { json!(coding.system) };
        object([("system", system), ("code", json!(coding.code)), ("display", json!(coding.display))])
    });
    object([("coding", list(coding)), ("text", json!(of.text))])
}

/// A list of them.
pub fn concepts(all: &[code::CodeableConcept]) -> Value {
    list(all.iter().map(concept))
}

/// `Identifier`s.
pub fn identifiers(all: &[reference::Identifier]) -> Value {
    list(all.iter().map(|one| {
        let system = if one.system.is_empty() { Value::Null } else { json!(one.system) };
        object([("system", system), ("value", json!(one.value))])
    }))
}

/// A `Quantity` with its unit in UCUM.
pub fn quantity(of: &quantity::Quantity) -> Value {
    // A decimal of ours is a number of JSON.
    let value = serde_json::from_str::<Value>(&of.value.to_string()).unwrap_or_default();
    json!({ "value": value, "unit": of.unit, "system": code::UCUM, "code": of.unit })
}

/// A reference to the patient.
pub fn patient(patient: PatientId) -> Value {
    json!({ "reference": format!("Patient/{patient}") })
}

/// A reference to something of a type that is known here, or as its source wrote it.
pub fn reference(of: &reference::Reference, resource_type: &str) -> Value {
    let known = of.id.map(|id| format!("{resource_type}/{id}")).or_else(|| of.source.clone());
    object([("reference", json!(known)), ("display", json!(of.display))])
}

/// A list of them.
pub fn references(all: &[reference::Reference], resource_type: &str) -> Value {
    list(all.iter().map(|one| reference(one, resource_type)))
}

/// An `Attachment` of plain text.
pub fn text_attachment(text: &str, title: Option<&str>, language: &str) -> Value {
    object([
        ("contentType", json!("text/plain; charset=utf-8")),
        ("language", json!(language)),
        ("title", json!(title)),
        ("data", json!(STANDARD.encode(text))),
    ])
}
