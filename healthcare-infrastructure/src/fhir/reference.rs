//! FHIR references: what they point to, and who can say what that is here.

use std::ops::BitOr;

use healthcare_domain::{code::CodeableConcept, id::EncounterId, reference};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::datatypes::Reference;

/// What a reference points to, as its text says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// `urn:uuid:…`: the same thing wherever it is written.
    Uuid(Uuid),
    /// Another URN, e.g. `urn:oid:…`.
    Urn(String),
    /// `Patient/123`: an id on the server the resource came from.
    Relative {
        /// The resource type.
        resource: String,
        /// The id.
        id: String,
    },
    /// `https://server/fhir/Patient/123`.
    Absolute {
        /// The server's base, without a slash at the end.
        base: String,
        /// The resource type.
        resource: String,
        /// The id.
        id: String,
    },
    /// `#id`: a resource within this one.
    Contained(String),
    /// `Practitioner?identifier=system|value`, or a reference by identifier only.
    Identified {
        /// The resource type, where it is said.
        resource: Option<String>,
        /// The issuer.
        system: String,
        /// The value.
        value: String,
    },
}

impl Target {
    /// Reads a reference. `None` when it points to nothing that can be followed.
    pub fn of(reference: &Reference) -> Option<Self> {
        match reference.reference.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => Self::parse(text),
            _ => {
                let identifier = reference.identifier.as_ref()?;
                Some(Self::Identified {
                    resource: reference.target.clone(),
                    system: identifier.system.clone().filter(|s| !s.is_empty())?,
                    value: identifier.value.clone().filter(|v| !v.is_empty())?,
                })
            }
        }
    }

    /// Reads a reference's text, or a Bundle entry's `fullUrl`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(uuid) = text.strip_prefix("urn:uuid:") {
            return Some(uuid.parse().map_or_else(|_| Self::Urn(text.to_owned()), Self::Uuid));
        }
        if text.starts_with("urn:") {
            return Some(Self::Urn(text.to_owned()));
        }
        if let Some(id) = text.strip_prefix('#') {
            return Some(Self::Contained(id.to_owned()));
        }
        if let Some((resource, query)) = text.split_once('?') {
            return Self::conditional(resource, query);
        }
        let text = text.split_once("/_history/").map_or(text, |(before, _)| before);
        let (rest, id) = text.rsplit_once('/')?;
        let (base, resource) = rest.rsplit_once('/').map_or((None, rest), |(base, resource)| (Some(base), resource));
        if id.is_empty() || !resource.starts_with(|c: char| c.is_ascii_uppercase()) {
            return None;
        }
        let (resource, id) = (resource.to_owned(), id.to_owned());
        match base {
            Some(base) if base.contains("://") => Some(Self::Absolute { base: base.to_owned(), resource, id }),
            Some(_) => None,
            None => Some(Self::Relative { resource, id }),
        }
    }

    fn conditional(resource: &str, query: &str) -> Option<Self> {
        let resource = resource.rsplit('/').next().filter(|r| !r.is_empty())?;
        let token = query.split('&').find_map(|pair| pair.strip_prefix("identifier="))?;
        let token = percent_decoded(token)?;
        let (system, value) = token.split_once('|')?;
        (!system.is_empty() && !value.is_empty()).then(|| Self::Identified {
            resource: Some(resource.to_owned()),
            system: system.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// Undoes percent-encoding; `None` when the result is not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = (first == b'%').then(|| tail.get(..2)).flatten().and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// Who knows what a reference points to in this record.
pub trait Resolver {
    /// The visit.
    fn encounter(&self, reference: &Reference) -> Option<EncounterId>;
    /// Anything else that the record has a stream for.
    fn stream(&self, reference: &Reference) -> Option<Uuid>;
    /// Whether it is the patient whose resource it stands in.
    fn is_the_patient(&self, reference: &Reference) -> bool {
        names_a_patient(reference)
    }
    /// Whether it is to a patient, and not to the one whose resource it stands in.
    fn is_another_patient(&self, reference: &Reference) -> bool {
        names_a_patient(reference) && !self.is_the_patient(reference)
    }
    /// Whether it is to an order that is here and runs.
    fn is_running_order(&self, reference: &Reference) -> bool;
    /// The drug a Medication resource names.
    fn medication(&self, reference: &Reference) -> Option<CodeableConcept>;
}

/// Whether a reference says of itself that it is to a patient.
pub fn names_a_patient(reference: &Reference) -> bool {
    let resource = match Target::of(reference) {
        Some(Target::Relative { resource, .. } | Target::Absolute { resource, .. }) => Some(resource),
        Some(Target::Identified { resource, .. }) => resource,
        Some(Target::Uuid(_) | Target::Urn(_) | Target::Contained(_)) | None => None,
    };
    resource.or_else(|| reference.target.clone()).as_deref() == Some("Patient")
}

/// Takes the names of other patients out of an element: of a reference to one it stays that it is to a patient. Answers whether
/// there was any.
pub fn unname_others(of: &mut Value, is_other: &dyn Fn(&Reference) -> bool) -> bool {
    match of {
        Value::Object(members) => {
            let refers = members.get("reference").and_then(Value::as_str).is_some_and(|text| !text.starts_with('#'))
                || members.get("identifier").is_some_and(Value::is_object) && !members.contains_key("resourceType");
            let other = || Reference::deserialize(&Value::Object(members.clone())).is_ok_and(|to| is_other(&to));
            if refers && other() {
                *of = json!({ "type": "Patient" });
                return true;
            }
            members.values_mut().map(|value| unname_others(value, is_other)).fold(false, BitOr::bitor)
        }
        Value::Array(all) => all.iter_mut().map(|value| unname_others(value, is_other)).fold(false, BitOr::bitor),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The reference as the record holds it: by identity where it is known, else as the source wrote it. A record names no other
/// patient.
pub fn held(reference: &Reference, resolver: &dyn Resolver) -> Option<reference::Reference> {
    if resolver.is_another_patient(reference) {
        return None;
    }
    let id = resolver.stream(reference);
    let source = || {
        let by_identifier = || {
            reference
                .identifier
                .as_ref()
                .map(|i| format!("{}|{}", i.system.as_deref().unwrap_or(""), i.value.as_deref().unwrap_or("")))
        };
        reference.reference.clone().or_else(by_identifier)
    };
    let held = reference::Reference {
        id,
        source: if id.is_some() { None } else { source() },
        display: reference.display.clone(),
    };
    (held != reference::Reference::default()).then_some(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_reference_is_understood() {
        let uuid: Uuid = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0".parse().unwrap();
        let relative = |id: &str| Some(Target::Relative { resource: "Patient".into(), id: id.into() });
        assert_eq!(Target::parse("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"), Some(Target::Uuid(uuid)));
        assert_eq!(Target::parse("Patient/123"), relative("123"));
        assert_eq!(Target::parse("Patient/123/_history/2"), relative("123"));
        assert_eq!(
            Target::parse("https://ehr.example/fhir/Patient/123"),
            Some(Target::Absolute {
                base: "https://ehr.example/fhir".into(),
                resource: "Patient".into(),
                id: "123".into()
            })
        );
        assert_eq!(Target::parse("#med"), Some(Target::Contained("med".into())));
        let npi = Some(Target::Identified {
            resource: Some("Practitioner".into()),
            system: "http://hl7.org/fhir/sid/us-npi".into(),
            value: "99".into(),
        });
        assert_eq!(Target::parse("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99"), npi);
        assert_eq!(Target::parse("Practitioner?identifier=http%3A%2F%2Fhl7.org%2Ffhir%2Fsid%2Fus-npi%7C99"), npi);
    }

    #[test]
    fn what_cannot_be_followed_is_no_target() {
        for text in ["", "123", "patient/1", "Practitioner?name=Who", "Practitioner?identifier=99", "a/b/c"] {
            assert_eq!(Target::parse(text), None, "{text}");
        }
    }
}
