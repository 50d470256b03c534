//! What is written is read back as it was.

use healthcare_domain::{
    AnyState,
    consent::Consent,
    id::PatientId,
    patient::{Patient, Standing},
};
use uuid::Uuid;

use super::{CLINIC, Said, Taken, fresh, now, take};
use crate::fhir::{consent, patient, said::Import};

fn said(id: &str) -> Said {
    let bundle: serde_json::Value = serde_json::from_str(CLINIC).unwrap();
    let entries = bundle["entry"].as_array().unwrap();
    let resource = entries.iter().map(|e| &e["resource"]).find(|r| r["id"] == id).unwrap();
    understood(&resource.to_string())
}

fn understood(raw: &str) -> Said {
    let resource: serde_json::Value = serde_json::from_str(raw).unwrap();
    match take(resource["resourceType"].as_str().unwrap(), raw).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("kept whole: {raw}"),
    }
}

#[test]
fn a_patient_comes_back_as_they_were() {
    for id in ["c1", "12"] {
        let said = if id == "12" { super::said(id) } else { said(id) };
        let (_, state) = fresh(&said);
        let AnyState::Patient(Patient::Registered { demographics, standing, .. }) = &state else {
            panic!("registered")
        };
        let written = patient::write(Uuid::from_u128(7), demographics, standing);
        let text = written.to_string();
        assert!(!text.contains("null") && !text.contains("[]") && !text.contains("{}"), "{text}");
        let Said::Patient(again) = understood(&text) else { panic!("a patient") };
        assert_eq!(again.demographics, **demographics);
        assert_eq!(again.active, Some(true));
        let import = Import { now: now(), changed: None };
        assert_eq!(Said::Patient(again).decide(&state, &import).unwrap(), [], "nothing new is said");
    }
}

#[test]
fn a_record_that_is_inactive_at_its_source_is_inactive_here() {
    let Said::Patient(mut said) = said("c1") else { panic!("a patient") };
    said.active = Some(false);
    let (events, state) = fresh(&Said::Patient(said.clone()));
    let kinds: Vec<_> = events.iter().map(|one| one.event.kind()).collect();
    assert_eq!(kinds, ["patient.created", "patient.deactivated"]);
    let AnyState::Patient(person) = &state else { panic!("a patient") };
    assert!(matches!(person.standing().unwrap(), Standing::Inactive { .. }));
    said.active = Some(true);
    let (events, _) = super::after(&Said::Patient(said), &state);
    assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), ["patient.reactivated"]);
}

#[test]
fn a_consent_comes_back_as_it_was() {
    for (id, kinds) in [
        ("k1", &["patient.consent.recorded"][..]),
        ("k2", &["patient.consent.recorded", "patient.consent.withdrawn"][..]),
    ] {
        let (events, state) = fresh(&said(id));
        assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), kinds);
        let AnyState::Consent(held) = &state else { panic!("a consent") };
        let written = consent::write(Uuid::from_u128(7), PatientId(Uuid::from_u128(8)), held).unwrap();
        let text = written.to_string();
        assert!(!text.contains("null") && !text.contains("[]") && !text.contains("{}"), "{text}");
        let again = understood(&text);
        let import = Import { now: now(), changed: None };
        assert_eq!(again.decide(&state, &import).unwrap(), [], "nothing new is said: {text}");
    }
    assert_eq!(consent::write(Uuid::nil(), PatientId(Uuid::nil()), &Consent::Unrecorded), None);
}

#[test]
fn a_consent_that_says_more_than_the_record_can_is_kept_whole() {
    let bundle: serde_json::Value = serde_json::from_str(CLINIC).unwrap();
    let entries = bundle["entry"].as_array().unwrap();
    let narrow = entries.iter().map(|e| &e["resource"]).find(|r| r["id"] == "k3").unwrap();
    assert!(matches!(take("Consent", &narrow.to_string()).unwrap(), Taken::Whole(_)));
    for status in ["draft", "proposed", "rejected"] {
        let mut proposed = narrow.clone();
        proposed["status"] = status.into();
        proposed["provision"] = serde_json::json!({ "type": "permit" });
        assert!(matches!(take("Consent", &proposed.to_string()).unwrap(), Taken::Whole(_)), "{status}");
    }
    let mut wrong = narrow.clone();
    wrong["status"] = "given".into();
    assert_eq!(take("Consent", &wrong.to_string()).unwrap_err().place, "status");
}
