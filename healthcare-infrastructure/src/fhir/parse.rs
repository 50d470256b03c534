//! From JSON text to a resource, or to the place and reason why not.

use healthcare_domain::by_name::ByName;
use serde::Deserialize;

/// Why a resource is refused, and at which of its elements. Never repeats what the element held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Refused {
    /// JSON path within the resource, e.g. `valueQuantity.value`; empty for the resource itself.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl Refused {
    /// A refusal at `place`.
    pub fn at(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }
}

/// Reads a resource of the subset.
///
/// # Errors
/// With the JSON path and what was expected there.
pub fn resource<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refused> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(ByName(&mut json)).map_err(|error| {
        let place = error.path().to_string();
        Refused { place: if place == "." { String::new() } else { place }, reason: harmless(error.inner()) }
    })
}

/// What serde expected. Its message quotes the value it found, which may be personal: that part is left out.
pub fn harmless(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => {}
        serde_json::error::Category::Eof => return "the JSON ends too early".into(),
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => return "not well-formed JSON".into(),
    }
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    if let Some((_, expected)) = message.rsplit_once(", expected ") {
        return format!("expected {}", plainly(expected));
    }
    // The rest are our own words and serde's `missing field`: neither quotes a value.
    message.to_owned()
}

/// What serde expects, in words that are not those of our code: `u8` is a whole number.
pub fn plainly(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f64" => "a number",
        of if of.starts_with("struct ") || of.contains(" with ") => "an object",
        other => other,
    }
}

/// Holds a code against its value set where FHIR's binding is required.
///
/// # Errors
/// When it is none of `allowed`.
pub fn one_of(place: &str, code: &str, allowed: &[&str]) -> Result<(), Refused> {
    if allowed.contains(&code) { Ok(()) } else { Err(Refused::at(place, format!("none of {}", allowed.join(", ")))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::datatypes::{CodeableConcept, Quantity};

    #[derive(Debug, Deserialize)]
    struct Probe {
        #[serde(default)]
        amount: Vec<Quantity>,
        #[serde(default)]
        #[expect(dead_code, reason = "only read to be refused")]
        code: CodeableConcept,
    }

    #[test]
    fn a_list_is_no_element() {
        let refused = resource::<Probe>(r#"{"amount":[{"value":1},["1"]]}"#).unwrap_err();
        assert_eq!(refused, Refused::at("amount[1]", "expected an object"));
    }

    #[test]
    fn a_decimal_keeps_its_digits() {
        let probe: Probe = resource(r#"{"amount":[{"value":7.40,"code":"[pH]"},{"value":1e-3}]}"#).unwrap();
        let said: Vec<_> = probe.amount.iter().map(|q| q.to_domain().unwrap().value.to_string()).collect();
        assert_eq!(said, ["7.40", "0.001"]);
    }

    #[test]
    fn the_refusal_names_the_place_and_not_the_value() {
        let refused = resource::<Probe>(r#"{"code":{"coding":[{"code":"a"},{"code":["Ferreira"]}]}}"#).unwrap_err();
        assert_eq!(refused.place, "code.coding[1].code");
        assert!(!refused.reason.contains("Ferreira"), "{}", refused.reason);

        let refused = resource::<Probe>(r#"{"amount":[{"value":"Ferreira"}]}"#).unwrap_err();
        assert_eq!(refused, Refused::at("amount[0].value", "not a FHIR decimal"));

        let refused = resource::<Probe>(r#"{"amount":"Ferreira"}"#).unwrap_err();
        assert_eq!((refused.place.as_str(), refused.reason.as_str()), ("amount", "expected a list"));
        let refused = resource::<Probe>(r#"{"code":"Ferreira"}"#).unwrap_err();
        assert_eq!(refused, Refused::at("code", "expected an object"));
        assert!(!refused.reason.contains("Ferreira"), "{}", refused.reason);
    }
}
