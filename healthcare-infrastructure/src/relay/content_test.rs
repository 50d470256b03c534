use chrono::DateTime;
use healthcare_domain::{
    StreamType,
    code::{CodeableConcept, Coding},
    observation::{Observation, ObservationCategory, ObservationEvent, ObservationValue},
    quantity::Quantity,
    reference::Identifier,
};
use serde_json::json;

use super::*;

/// In every place where somebody could write.
const CANARY: &str = "CANARY";

fn decoded(stream: StreamType, event: &Value) -> DomainEvent {
    DomainEvent::decode(stream, event.to_string().as_bytes()).unwrap_or_else(|e| panic!("{event}: {e}"))
}

fn patient() -> DomainEvent {
    decoded(
        StreamType::Patient,
        &json!({ "type": "PatientRegistered", "demographics": {
            "identifiers": [{ "system": CANARY, "value": CANARY }],
            "names": [{ "use": "official", "family": CANARY, "given": [CANARY], "prefix": [CANARY] }],
            "gender": "female", "birth_date": "1954-03-02",
            "telecom": [{ "system": "phone", "value": CANARY, "use": "home" }],
            "addresses": [{ "lines": [CANARY], "city": CANARY, "postal_code": CANARY }],
            "marital_status": { "coding": [], "text": CANARY } } }),
    )
}

fn external() -> DomainEvent {
    decoded(
        StreamType::ExternalRecord,
        &json!({ "type": "Recorded", "content": {
            "resource_type": "Basic", "resource": { "code": CANARY, "value": CANARY } } }),
    )
}

fn observation(value: ObservationValue) -> DomainEvent {
    let observation = Observation {
        identifiers: vec![Identifier { system: CANARY.into(), value: CANARY.into() }],
        category: ObservationCategory::Laboratory,
        code: CodeableConcept {
            coding: vec![Coding::new("http://loinc.org", "2823-3", "Potassium")],
            text: Some(CANARY.into()),
        },
        value: Some(value),
        components: vec![],
        data_absent_reason: None,
        interpretation: vec![CodeableConcept::words(CANARY)],
        reference_range: Some(CANARY.into()),
        status: "final".into(),
        effective_at: DateTime::UNIX_EPOCH,
        issued_at: None,
        encounter: None,
    };
    ObservationEvent::ObservationRecorded { observation, imported: true, overrides: vec![] }.into()
}

#[test]
fn nothing_that_names_a_person_leaves() {
    let all = [
        patient(),
        external(),
        observation(ObservationValue::Text(CANARY.into())),
        observation(ObservationValue::Other(json!({ "value": CANARY, "code": CANARY }))),
        decoded(
            StreamType::Alert,
            &json!({ "type": "AlertAcknowledged", "by": uuid::Uuid::nil(),
            "at": "2026-01-01T00:00:00Z", "note": CANARY }),
        ),
        decoded(
            StreamType::Practitioner,
            &json!({ "type": "Recorded", "content": {
            "identifiers": [], "name": CANARY, "active": true, "telecom": [CANARY] } }),
        ),
        decoded(StreamType::Vitals, &json!({ "type": "VitalsEnteredInError", "reason": CANARY })),
        decoded(
            StreamType::Note,
            &json!({ "type": "NoteDrafted", "by": uuid::Uuid::nil(), "at": "2026-01-01T00:00:00Z", "content": {
                "note_type": { "text": CANARY }, "title": CANARY, "language": "en", "told_of_at": "2026-01-01T00:00:00Z",
                "sections": [{ "title": CANARY, "prompt": CANARY, "text": CANARY }] } }),
        ),
        decoded(
            StreamType::Plan,
            &json!({ "type": "GoalAdded", "goal": { "number": 1, "description": { "text": CANARY }, "status": "not-met",
                "measure": { "text": CANARY }, "since": "2026-01-01T00:00:00Z", "reason": CANARY } }),
        ),
        decoded(
            StreamType::Plan,
            &json!({ "type": "PlanDrafted", "by": uuid::Uuid::nil(), "at": "2026-01-01T00:00:00Z",
                "plan": { "title": CANARY, "description": CANARY, "starts_at": "2026-01-01T00:00:00Z" }, "goals": [],
                "activities": [{ "number": 1, "what": { "text": CANARY }, "instructions": CANARY, "status": "skipped",
                    "by": uuid::Uuid::nil(), "at": "2026-01-01T00:00:00Z", "reason": CANARY, "since": "2026-01-01T00:00:00Z" }],
                "reviews": [{ "number": 1, "due": "2026-01-01", "responsible": { "role": "nurse" },
                    "held": { "by": uuid::Uuid::nil(), "at": "2026-01-01T00:00:00Z", "outcome": CANARY } }] }),
        ),
    ];
    for event in &all {
        assert!(event.encode().is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(CANARY)), "{event:?}");
        let shared = shareable(event).to_string();
        assert!(!shared.contains(CANARY), "{shared}");
    }
}

#[test]
fn what_was_found_leaves_in_full() {
    let value = Quantity { value: "5.4".parse().unwrap(), unit: "mmol/L".into() };
    let shared = shareable(&observation(ObservationValue::Quantity(value)));
    assert_eq!(shared["type"], "ObservationRecorded");
    assert_eq!(shared["observation"]["code"]["coding"][0]["code"], "2823-3");
    assert_eq!(shared["observation"]["value"]["quantity"], json!({ "value": "5.4", "unit": "mmol/L" }));
    assert_eq!(shared["observation"]["effective_at"], "1970-01-01T00:00:00Z");
}

#[test]
fn of_a_birth_date_the_year_leaves() {
    assert_eq!(
        shareable(&patient()),
        json!({ "type": "PatientRegistered", "demographics": { "gender": "female", "birth_year": 1954 } })
    );
}
