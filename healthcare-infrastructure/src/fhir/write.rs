//! What all writers of FHIR share.

use healthcare_domain::reference::Identifier;
use serde_json::{Value, json};

/// An element without what says nothing: FHIR has no nulls and no empty lists.
pub fn object(mut element: Value) -> Value {
    if let Some(fields) = element.as_object_mut() {
        let says_nothing = |value: &Value| match value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        fields.retain(|_, value| !says_nothing(value));
    }
    element
}

/// Identifiers; one that came without a system leaves without one.
pub fn identifiers(of: &[Identifier]) -> Vec<Value> {
    let system = |one: &Identifier| Some(one.system.clone()).filter(|system| !system.is_empty());
    of.iter().map(|one| object(json!({ "system": system(one), "value": one.value }))).collect()
}
