//! Whose a resource is.

use serde::Deserialize;
use serde_json::Value;

use super::{Refused, datatypes::Reference, parse::resource};

/// The elements by which FHIR R4 resources name their patient.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Subjects {
    subject: Option<Value>,
    patient: Option<Value>,
    beneficiary: Option<Value>,
    individual: Option<Value>,
    r#for: Option<Value>,
}

/// The patient a resource names at its top, if it does.
///
/// # Errors
/// When the element is no reference.
pub fn named(raw: &str) -> Result<Option<Reference>, Refused> {
    let s: Subjects = resource(raw)?;
    let named = [
        ("subject", s.subject),
        ("patient", s.patient),
        ("beneficiary", s.beneficiary),
        ("individual", s.individual),
        ("for", s.r#for),
    ];
    for (place, value) in named {
        // `subject` is a list in some types and a concept in others; what is no reference names nobody.
        let value = match value {
            Some(Value::Array(all)) => all.into_iter().next(),
            other => other,
        };
        let Some(value) = value else { continue };
        if !value.is_object() {
            return Err(Refused::at(place, "expected a Reference"));
        }
        let reference: Reference =
            serde_json::from_value(value).map_err(|_| Refused::at(place, "expected a Reference"))?;
        if reference.reference.is_some() || reference.identifier.is_some() {
            return Ok(Some(reference));
        }
    }
    Ok(None)
}

/// Every reference anywhere within a resource, its contained resources left out: those are its own.
pub fn mentioned(resource: &Value) -> Vec<String> {
    let mut found = vec![];
    let mut open = vec![resource];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) if name == "reference" => found.push(text.clone()),
                        _ if name == "contained" => {}
                        other => open.push(other),
                    }
                }
            }
            Value::Array(all) => open.extend(all),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}
