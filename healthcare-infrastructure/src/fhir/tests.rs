//! The hand-written hospital (`tests/fixtures/fhir/hospital.json`), resource by resource.

mod beside;
mod clinic;
mod clinical;
mod documents;
mod expected;
mod observations;
mod people;
mod plans_and_notes;
mod refusals;
mod round_trip;
mod stays;
mod whole;

use chrono::{DateTime, Utc};
use healthcare_domain::{AnyState, code::CodeableConcept, id::EncounterId};
use uuid::Uuid;

use super::{Import, Reading, Resolver, Said, Taken, datatypes::Reference, read, said::Dated};

const CLINIC: &str = include_str!("../../../tests/fixtures/fhir/clinic.json");
const DIRECTORY: &str = include_str!("../../../tests/fixtures/fhir/directory.json");
const HOSPITAL: &str = include_str!("../../../tests/fixtures/fhir/hospital.json");

/// Knows one visit, one drug, and a stream for everything else that is referred to.
struct Known;

const VISIT: EncounterId = EncounterId(Uuid::from_u128(1));

impl Resolver for Known {
    fn encounter(&self, reference: &Reference) -> Option<EncounterId> {
        (reference.reference.as_deref() == Some("Encounter/e1")).then_some(VISIT)
    }
    fn stream(&self, reference: &Reference) -> Option<Uuid> {
        reference.reference.as_deref().filter(|r| *r != "Practitioner/unknown").map(|_| Uuid::from_u128(2))
    }
    fn is_running_order(&self, reference: &Reference) -> bool {
        reference.reference.as_deref() == Some("MedicationRequest/1")
    }
    fn medication(&self, reference: &Reference) -> Option<CodeableConcept> {
        (reference.reference.as_deref() == Some("Medication/amox")).then(|| CodeableConcept::words("Amoxicillin"))
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-11-21T12:00:00Z")
}

/// A resource of the hospital.
fn resource(id: &str) -> (String, String) {
    let bundle: serde_json::Value = serde_json::from_str(HOSPITAL).unwrap();
    let entries = bundle["entry"].as_array().unwrap();
    let resource = entries.iter().map(|e| &e["resource"]).find(|r| r["id"] == id).unwrap();
    (resource["resourceType"].as_str().unwrap().to_owned(), resource.to_string())
}

fn take(resource_type: &str, raw: &str) -> Result<Taken, super::Refused> {
    read(resource_type, raw, &Reading { references: &Known, now: now() })
}

/// What a resource of the hospital says.
fn said(id: &str) -> Said {
    let (resource_type, raw) = resource(id);
    match take(&resource_type, &raw).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("{id} was kept whole"),
    }
}

/// The events a fresh stream takes from it, and the state they leave.
fn fresh(said: &Said) -> (Vec<Dated>, AnyState) {
    after(said, &AnyState::empty(said.stream_type()))
}

fn after(said: &Said, state: &AnyState) -> (Vec<Dated>, AnyState) {
    let events = said.decide(state, &Import { now: now(), changed: None }).unwrap();
    let mut state = state.clone();
    for event in &events {
        assert!(state.apply(&event.event));
    }
    (events, state)
}

/// A resource changed before it is read.
fn changed(id: &str, change: impl FnOnce(&mut serde_json::Value)) -> Said {
    let (resource_type, raw) = resource(id);
    let mut value = serde_json::from_str(&raw).unwrap();
    change(&mut value);
    match take(&resource_type, &value.to_string()).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("{id} was kept whole"),
    }
}

#[test]
fn what_was_taken_in_says_nothing_new_a_second_time() {
    let bundle: serde_json::Value = serde_json::from_str(HOSPITAL).unwrap();
    for entry in bundle["entry"].as_array().unwrap() {
        let resource = &entry["resource"];
        let taken = take(resource["resourceType"].as_str().unwrap(), &resource.to_string()).unwrap();
        let (Taken::Understood(said) | Taken::Whole(said)) = taken;
        let (events, state) = fresh(&said);
        assert!(!events.is_empty());
        assert_eq!(after(&said, &state).0, [], "{}", resource["id"]);
    }
}

#[test]
fn nothing_was_known_later_than_it_was_imported() {
    let bundle: serde_json::Value = serde_json::from_str(HOSPITAL).unwrap();
    for entry in bundle["entry"].as_array().unwrap() {
        let resource = &entry["resource"];
        let taken = take(resource["resourceType"].as_str().unwrap(), &resource.to_string()).unwrap();
        let (Taken::Understood(said) | Taken::Whole(said)) = taken;
        let (events, _) = fresh(&said);
        assert!(events.iter().all(|e| e.times.known_at <= now()));
        assert!(events.is_sorted_by_key(|e| e.times.known_at), "{}", resource["id"]);
    }
}
