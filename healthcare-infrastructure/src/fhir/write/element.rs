//! FHIR JSON while it is being written: elements in order, empty ones left out, decimals digit by digit.

use chrono::{DateTime, SecondsFormat, Utc};
use healthcare_domain::{
    code::{self, UCUM},
    patient, quantity,
    reference::{self, Identifier},
};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

/// The member that holds a reference. What is told again of a source stands as it was laid out there: there may be room around
/// the colon.
const REFERENCE: &str = "\"reference\"";

/// An element, or a whole resource.
#[derive(Debug, Clone, Default)]
pub struct Element(Vec<(String, Box<RawValue>)>);

impl Element {
    /// One that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says something more. What is empty is not said: FHIR knows no empty element.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // Text, numbers and lists of ours; writing them cannot fail.
        if let Ok(raw) = to_raw_value(&value)
            && !matches!(raw.get(), "null" | "[]" | "{}" | "\"\"")
        {
            self.0.push((name.to_owned(), raw));
        }
        self
    }

    /// Takes in all members of a JSON object.
    #[must_use]
    pub fn with_all(self, members: &serde_json::Value) -> Self {
        let members = members.as_object().into_iter().flatten();
        members.fold(self, |element, (name, value)| element.with(name, value))
    }

    /// What it says, in order: names, and values as JSON.
    pub(in crate::fhir) fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.get()))
    }

    /// Without the members of which `leaves` is true.
    #[must_use]
    pub(in crate::fhir) fn without(mut self, leaves: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| !leaves(name));
        self
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The id of a resource.
    pub fn id(&self) -> Option<Uuid> {
        let (_, raw) = self.0.iter().find(|(name, _)| name == "id")?;
        serde_json::from_str(raw.get()).ok()
    }

    /// The streams of ours that it refers to anywhere within.
    pub fn mentions(&self) -> impl Iterator<Item = Uuid> {
        let parts = self.0.iter().flat_map(|(_, raw)| raw.get().split(REFERENCE).skip(1));
        let named = |rest: &str| -> Option<Uuid> {
            let to = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix("\"urn:uuid:")?;
            to.get(..36)?.parse().ok()
        };
        parts.filter_map(named)
    }

    /// The element as JSON.
    pub fn to_raw(&self) -> Box<RawValue> {
        to_raw_value(self).unwrap_or_else(|_| RawValue::NULL.to_owned())
    }
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// FHIR `decimal`: a JSON number with the digits it was written with; 7.40 is not 7.4.
pub fn decimal(value: Decimal) -> Option<Box<RawValue>> {
    RawValue::from_string(value.to_string()).ok()
}

/// FHIR `instant` and `dateTime`, as precisely as it is held.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// FHIR `Coding`.
pub fn coding(of: &code::Coding) -> Element {
    Element::new().with("system", &of.system).with("code", &of.code).with("display", &of.display)
}

/// FHIR `CodeableConcept`.
pub fn concept(of: &code::CodeableConcept) -> Element {
    Element::new().with("coding", of.coding.iter().map(coding).collect::<Vec<_>>()).with("text", &of.text)
}

/// Several of them.
pub fn concepts(of: &[code::CodeableConcept]) -> Vec<Element> {
    of.iter().map(concept).collect()
}

/// A concept that is one code of one terminology.
pub fn coded(system: &str, code: &str) -> Element {
    Element::new().with("coding", [Element::new().with("system", system).with("code", code)])
}

/// FHIR `Identifier`.
pub fn identifiers(of: &[Identifier]) -> Vec<Element> {
    of.iter().map(|i| Element::new().with("system", &i.system).with("value", &i.value)).collect()
}

/// FHIR `Quantity`, in UCUM.
pub fn quantity(of: &quantity::Quantity) -> Element {
    Element::new().with("value", decimal(of.value)).with("unit", &of.unit).with("system", UCUM).with("code", &of.unit)
}

/// The name of a stream in a Bundle, as its `fullUrl` and in references.
pub fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

/// FHIR `Reference` to a stream of ours.
pub fn refers(id: impl Into<Uuid>) -> Element {
    Element::new().with("reference", urn(id.into()))
}

/// FHIR `Reference`: to a stream of ours where it is known, else as its source wrote it.
pub fn reference(of: &reference::Reference) -> Element {
    let to = of.id.map(urn).or_else(|| of.source.clone());
    Element::new().with("reference", to).with("display", &of.display)
}

/// Several of them.
pub fn references(of: &[reference::Reference]) -> Vec<Element> {
    of.iter().map(reference).collect()
}

/// FHIR `Annotation`s: what somebody wrote beside it.
pub fn remarks(text: Option<&str>) -> Vec<Element> {
    text.map(|text| Element::new().with("text", text)).into_iter().collect()
}

/// FHIR `Period`.
pub fn period(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Element {
    Element::new().with("start", start.map(moment)).with("end", end.map(moment))
}

/// FHIR `Period` of days.
pub fn dates(of: &patient::Period) -> Element {
    Element::new().with("start", of.start).with("end", of.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_not_said_and_digits_are_kept() {
        let said = Element::new()
            .with("a", Option::<&str>::None)
            .with("b", Vec::<u8>::new())
            .with("c", Element::new())
            .with("value", decimal("7.40".parse().unwrap()))
            .with("flag", false);
        assert_eq!(said.to_raw().get(), r#"{"value":7.40,"flag":false}"#);
    }

    #[test]
    fn a_reference_is_seen_however_it_was_laid_out() {
        let (ours, source) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let raw = format!(r#"[{{"actor" : {{"reference" : "{}"}}}}]"#, urn(source));
        let said = Element::new()
            .with("subject", refers(ours))
            .with("note", r#""reference":"urn:uuid:00000000-0000-0000-0000-000000000009""#)
            .with("participant", RawValue::from_string(raw).unwrap());
        assert_eq!(said.mentions().collect::<Vec<_>>(), [ours, source]);
    }
}
