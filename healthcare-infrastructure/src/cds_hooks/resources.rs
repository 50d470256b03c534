//! Resources of a request, each with its place.

use healthcare_domain::by_name::ByName;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::malformed::Malformed;
use crate::fhir::{
    beside::is_modified,
    form::{self, Hollow},
    parse::one_of,
    resource_types::is_resource_type,
};

/// The most resources in one request.
const MOST: usize = 5_000;

/// FHIR R4, `bundle-type`.
const BUNDLES: [&str; 9] = [
    "document",
    "message",
    "transaction",
    "transaction-response",
    "batch",
    "batch-response",
    "history",
    "searchset",
    "collection",
];

/// Types that are always about somebody, and by which element (FHIR R4, cardinality 1..1).
const ALWAYS_ABOUT: [(&str, &str); 13] = [
    ("AllergyIntolerance", "patient"),
    ("CarePlan", "subject"),
    ("Condition", "subject"),
    ("DeviceRequest", "subject"),
    ("Goal", "subject"),
    ("Immunization", "patient"),
    ("MedicationAdministration", "subject"),
    ("MedicationRequest", "subject"),
    ("MedicationStatement", "subject"),
    ("NutritionOrder", "patient"),
    ("Procedure", "subject"),
    ("ServiceRequest", "subject"),
    ("VisionPrescription", "patient"),
];

/// A resource where it stands.
#[derive(Debug, Clone)]
pub struct Placed<'a> {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// Its type.
    pub kind: String,
    /// Its id.
    pub id: Option<String>,
    /// As it came.
    pub raw: &'a RawValue,
}

/// What stands in a Bundle, and whether there is more of it elsewhere.
#[derive(Debug, Default)]
pub struct Contents<'a> {
    /// The resources.
    pub resources: Vec<Placed<'a>>,
    /// Whether it is the first page of several.
    pub is_cut: bool,
    /// Where an entry has no resource, if one has none.
    pub without_resource: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    resource_type: String,
    id: Option<String>,
}

#[derive(Deserialize)]
struct Bundle<'a> {
    r#type: Option<String>,
    #[serde(default)]
    link: Vec<Link>,
    #[serde(default, borrow)]
    entry: Vec<Entry<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Link {
    relation: String,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(default, borrow)]
    resource: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whose {
    subject: Option<Points>,
    patient: Option<Points>,
}

#[derive(Deserialize)]
struct Points {
    reference: Option<String>,
    identifier: Option<serde::de::IgnoredAny>,
}

impl<'a> Placed<'a> {
    /// A resource of FHIR R4, whatever type it has.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(pointer: String, raw: &'a RawValue) -> Result<Self, Malformed> {
        let Head { resource_type, id } = shaped(&pointer, raw)?;
        if !is_resource_type(&resource_type) {
            return Err(Malformed::at(format!("{pointer}/resourceType"), "no resource type of FHIR R4"));
        }
        if id.as_deref().is_some_and(|id| !is_id(id)) {
            return Err(Malformed::at(format!("{pointer}/id"), "no FHIR id"));
        }
        Ok(Self { pointer, kind: resource_type, id, raw })
    }

    /// `MedicationRequest/123`.
    pub fn reference(&self) -> Option<String> {
        self.id.as_ref().map(|id| format!("{}/{id}", self.kind))
    }

    /// Whether something in it changes what it means in a way that nobody here understands: it is not taken at its word.
    pub fn is_modified(&self) -> bool {
        is_modified(self.raw.get())
    }

    /// What to call it where it is told of.
    pub fn name(&self) -> String {
        self.reference().unwrap_or_else(|| self.kind.clone())
    }

    /// Makes sure that it is about the patient in context. An Observation and others may say of nobody whom they are about
    /// (FHIR R4, cardinality 0..1): who sends them for a patient means them so.
    ///
    /// # Errors
    /// When it is about another one, or of nobody although its type is of somebody, or about somebody who is told by an
    /// identifier or in words alone.
    pub fn ensure_about(&self, patient: &str) -> Result<(), Malformed> {
        let other = |place: &str| Malformed::at(format!("{}/{place}", self.pointer), "another patient than in context");
        if self.kind == "Patient" {
            return if self.id.as_deref().is_none_or(|id| id == patient) { Ok(()) } else { Err(other("id")) };
        }
        let Whose { subject, patient: named } = shaped(&self.pointer, self.raw)?;
        let about = ALWAYS_ABOUT.iter().find(|(kind, _)| *kind == self.kind).map(|(_, place)| *place);
        let nobody = match about {
            Some("patient") => named.is_none(),
            Some(_) => subject.is_none(),
            None => false,
        };
        if let Some(place) = about.filter(|_| nobody) {
            return Err(Malformed::at(format!("{}/{place}", self.pointer), "is missing"));
        }
        for (place, points) in [("subject", subject), ("patient", named)] {
            let Some(Points { reference, identifier }) = points else { continue };
            let Some(reference) = reference else {
                let why = match identifier {
                    Some(_) => {
                        "an identifier alone does not say whether it is the patient in context; a reference does"
                    }
                    None => "words alone do not say whether it is the patient in context; a reference does",
                };
                return Err(Malformed::at(format!("{}/{place}", self.pointer), why));
            };
            if !is_of(&reference, patient) {
                return Err(other(&format!("{place}/reference")));
            }
        }
        Ok(())
    }
}

/// The resources of a Bundle; of anything else, itself.
///
/// # Errors
/// When it is no resource, or something in it is none.
pub fn contents<'a>(pointer: &str, raw: &'a RawValue, hollow: Hollow) -> Result<Contents<'a>, Malformed> {
    let whole = Placed::read(pointer.to_owned(), raw)?;
    if whole.kind != "Bundle" {
        // What could not be had is not read.
        if whole.kind != "OperationOutcome" {
            form::check(raw.get(), hollow).map_err(|fault| Malformed::form(pointer, &fault))?;
        }
        return Ok(Contents { resources: vec![whole], ..Contents::default() });
    }
    let bundle: Bundle<'a> = shaped(pointer, raw)?;
    if let Some(kind) = &bundle.r#type {
        one_of("type", kind, &BUNDLES).map_err(|refused| Malformed::within(pointer, &refused))?;
    }
    if bundle.entry.len() > MOST {
        return Err(Malformed::at(format!("{pointer}/entry"), format!("at most {MOST} resources are taken")));
    }
    let is_cut = bundle.link.iter().any(|link| link.relation == "next");
    form::check(raw.get(), hollow).map_err(|fault| Malformed::form(pointer, &fault))?;
    let bare = bundle.entry.iter().position(|entry| entry.resource.is_none());
    let without_resource = bare.map(|n| format!("{pointer}/entry/{n}/resource"));
    let entries = bundle.entry.iter().enumerate().filter_map(|(n, entry)| Some((n, entry.resource?)));
    let resources = entries.map(|(n, raw)| Placed::read(format!("{pointer}/entry/{n}/resource"), raw));
    Ok(Contents { resources: resources.collect::<Result<_, _>>()?, is_cut, without_resource })
}

/// Reads JSON at a place as a shape.
///
/// # Errors
/// When it has another one.
pub fn shaped<'a, T: Deserialize<'a>>(pointer: &str, raw: &'a RawValue) -> Result<T, Malformed> {
    let mut json = serde_json::Deserializer::from_str(raw.get());
    serde_path_to_error::deserialize(ByName(&mut json)).map_err(|error| Malformed::shape(pointer, &error))
}

/// A FHIR `id`; up to 255 characters, as some systems have them longer than the 64 that FHIR allows.
pub fn is_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// Whether a reference is to the patient, as far as it tells: one that names no type (`urn:uuid:…`, `#p`) may be to anybody.
fn is_of(reference: &str, patient: &str) -> bool {
    let reference = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
    let Some((before, id)) = reference.rsplit_once('/') else { return true };
    let kind = before.rsplit('/').next().unwrap_or(before);
    if kind == "Patient" { id == patient } else { !is_resource_type(kind) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn a_bundle_holds_resources_each_at_its_place() {
        let json = raw(r#"{"resourceType":"Bundle","link":[{"relation":"next","url":"x"}],
                "entry":[{"fullUrl":"x"},{"resource":{"resourceType":"Task","id":"1"}}]}"#);
        let found = contents("/prefetch/a", &json, Hollow::LetBe).unwrap();
        assert!(found.is_cut);
        assert_eq!(found.resources[0].pointer, "/prefetch/a/entry/1/resource");
        assert_eq!(found.resources[0].reference().unwrap(), "Task/1");
        assert_eq!(found.without_resource.unwrap(), "/prefetch/a/entry/0/resource");
        for (bad, place) in [
            (r#"{"resourceType":"Bundle","entry":{}}"#, "/x/entry"),
            (
                r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"MedicationOrder"}}]}"#,
                "/x/entry/0/resource/resourceType",
            ),
            (r#"{"resourceType":"Bundle","type":"search","entry":[]}"#, "/x/type"),
            (
                r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Task","for":null}}]}"#,
                "/x/entry/0/resource/for",
            ),
            (r#"{"id":"1"}"#, "/x"),
            (r#"["Ferreira"]"#, "/x"),
            (r#"{"resourceType":"Task","id":"a b"}"#, "/x/id"),
        ] {
            let bad = raw(bad);
            let refused = contents("/x", &bad, Hollow::Refused).unwrap_err();
            assert_eq!(refused.pointer, place, "{refused}");
            assert!(!refused.reason.contains("Ferreira"));
        }
    }

    #[test]
    fn whose_a_resource_is_is_held_against_the_context() {
        let about = |json: &str| {
            let json = raw(json);
            Placed::read("/x".into(), &json).unwrap().ensure_about("1").map_err(|refused| refused.pointer)
        };
        assert_eq!(about(r#"{"resourceType":"Patient","id":"1"}"#), Ok(()));
        assert_eq!(about(r#"{"resourceType":"Patient","id":"2"}"#), Err("/x/id".into()));
        assert_eq!(
            about(r#"{"resourceType":"Condition","subject":{"reference":"https://a/fhir/Patient/1/_history/3"}}"#),
            Ok(())
        );
        assert_eq!(about(r#"{"resourceType":"Condition","subject":{"reference":"urn:uuid:0"}}"#), Ok(()));
        let identified = r#"{"resourceType":"MedicationRequest","subject":{"identifier":{"value":"7"}}}"#;
        assert_eq!(about(identified), Err("/x/subject".into()));
        let both =
            r#"{"resourceType":"MedicationRequest","subject":{"reference":"Patient/1","identifier":{"value":"7"}}}"#;
        assert_eq!(about(both), Ok(()));
        for (json, place) in [
            (r#"{"resourceType":"Condition"}"#, "/x/subject"),
            (r#"{"resourceType":"Condition","patient":{"reference":"Patient/1"}}"#, "/x/subject"),
            (r#"{"resourceType":"AllergyIntolerance"}"#, "/x/patient"),
            (r#"{"resourceType":"MedicationRequest"}"#, "/x/subject"),
            (r#"{"resourceType":"MedicationStatement"}"#, "/x/subject"),
            (r#"{"resourceType":"Immunization"}"#, "/x/patient"),
            (r#"{"resourceType":"NutritionOrder"}"#, "/x/patient"),
            (r#"{"resourceType":"Condition","subject":{"display":"the patient"}}"#, "/x/subject"),
            (r#"{"resourceType":"MedicationRequest","subject":{"reference":"Group/1"}}"#, "/x/subject/reference"),
            (r#"{"resourceType":"Observation","subject":{"reference":"https://a/Device/1"}}"#, "/x/subject/reference"),
        ] {
            assert_eq!(about(json), Err(place.into()), "{json}");
        }
        assert_eq!(about(r#"{"resourceType":"Observation"}"#), Ok(()));
        assert_eq!(about(r#"{"resourceType":"Encounter"}"#), Ok(()));
        assert_eq!(
            about(r#"{"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/2"}}"#),
            Err("/x/patient/reference".into())
        );
    }
}
