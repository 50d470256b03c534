//! Whose a resource is, and what it refers to.

use serde::Deserialize;
use serde_json::Value;

use super::{Refused, datatypes::Reference};

/// The elements by which FHIR R4 resources name their patient.
pub(super) const SUBJECTS: [&str; 5] = ["subject", "patient", "beneficiary", "individual", "for"];

/// The patient a resource names at its top, if it does.
///
/// # Errors
/// When the element is no reference.
pub fn named(resource: &Value) -> Result<Option<Reference>, Refused> {
    for place in SUBJECTS {
        // `subject` is a list in some types; the first stands for it.
        let value = match &resource[place] {
            Value::Null => continue,
            Value::Array(all) => all.first().unwrap_or(&Value::Null),
            other => other,
        };
        if value.is_null() {
            continue;
        }
        let reference = if value.is_object() { Reference::deserialize(value).ok() } else { None };
        let reference = reference.ok_or_else(|| Refused::at(place, "expected a Reference"))?;
        // In some definitional types `subject` is a concept: what refers to nothing names nobody.
        if reference.reference.is_some() || reference.identifier.is_some() {
            return Ok(Some(reference));
        }
    }
    Ok(None)
}

/// Every reference anywhere within a resource, those of its contained resources included.
pub fn mentioned(resource: &Value) -> Vec<Reference> {
    let mut found: Vec<Reference> = vec![];
    let mut open = vec![resource];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                let refers = fields.get("reference").is_some_and(Value::is_string)
                    || fields
                        .get("identifier")
                        .is_some_and(|i| i.get("value").is_some() && !fields.contains_key("resourceType"));
                let reference = refers.then(|| Reference::deserialize(value).ok()).flatten();
                found.extend(reference.filter(|r| !found.contains(r)));
                open.extend(fields.values());
            }
            Value::Array(all) => open.extend(all),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}
