//! The page as a whole: nothing of the chart is missing from it.

use std::collections::HashMap;

use healthcare_application::{
    chart::{DevicesTold, Summary, assemble},
    view::{Kind, Row},
};
use healthcare_domain::{id::PatientId, scheduling::zone::Zone};
use serde_json::json;
use uuid::Uuid;

use super::*;

const ANA: Uuid = Uuid::from_u128(1);

fn row(kind: Kind, n: u128, body: &Value) -> Row {
    Row {
        id: if kind == Kind::Patient { ANA } else { Uuid::from_u128(n) },
        item: 0,
        kind,
        patient: Some(PatientId(ANA)),
        version: 1,
        active: true,
        struck: false,
        at: DateTime::UNIX_EPOCH,
        code: Some(n.to_string()),
        body: body.to_string(),
    }
}

fn patient() -> Value {
    json!({ "names": [{ "given": ["Ana"], "family": "Reis" }], "birth_date": "1950-01-02", "gender": "female",
        "language": "pt", "telecom": [{ "system": "phone", "value": "+41 44 555 01 23", "use": "mobile" }],
        "addresses": [{ "lines": ["12 Old Lane"], "postal_code": "3550", "city": "Bendigo" }],
        "contacts": [{ "name": { "given": ["Eva"], "family": "Lind" }, "relationships": [{ "text": "daughter" }],
            "telecom": [{ "value": "+41 44 555 01 24" }] }] })
}

/// A page on which each kind of entry says something of its own.
fn page_of(devices: Option<DevicesTold>) -> String {
    let coded = |words: &str| json!({ "code": { "text": words }, "status": "active" });
    let rows = [
        (Kind::Patient, patient()),
        (Kind::Alert, json!({ "title": "Sepsis?", "status": "active" })),
        (Kind::Allergy, json!({ "substance": { "text": "Penicillin" }, "status": "active" })),
        (Kind::Problem, coded("Asthma")),
        (Kind::Medication, json!({ "medication": { "text": "Warfarin" }, "status": "active", "taking": "on-hold" })),
        (Kind::Vital, coded("Pulse")),
        (Kind::Laboratory, coded("Potassium")),
        (Kind::Suggestion, json!({ "summary": "Check INR", "status": "open" })),
        (Kind::Encounter, json!({ "class": "inpatient", "status": "in-progress" })),
        (
            Kind::Plan,
            json!({ "title": "Anticoagulation", "status": "active", "goals": [{ "description": { "text": "INR 2 to 3" } }] }),
        ),
        (Kind::Note, json!({ "title": "Ward round", "excerpt": "Seen at eight." })),
        (Kind::Consent, json!({ "scope": { "text": "Treatment" }, "decision": "deny" })),
        (Kind::Procedure, json!({ "content": { "code": { "text": "Bronchoscopy" } } })),
        (Kind::Immunization, json!({ "content": { "vaccine": { "text": "Influenza" } } })),
        (Kind::Report, json!({ "content": { "code": { "text": "Chest X-ray" } } })),
        (Kind::FamilyHistory, json!({ "content": { "relationship": { "text": "Mother" } } })),
        (Kind::SocialHistory, coded("Smoker")),
        (Kind::External, json!({ "content": { "resource_type": "ImagingStudy" } })),
    ];
    let rows = (2..).zip(&rows).map(|(n, (kind, body))| row(*kind, n, body)).collect();
    let at = "2026-07-01T22:30:00Z".parse().unwrap();
    let mut chart = assemble(rows, None, at).unwrap();
    chart.latest_vitals.devices = devices;
    page(&Summary { chart, names: HashMap::new(), at, zone: Zone::try_from("Europe/Zurich".to_owned()).unwrap() })
}

#[test]
fn every_section_of_the_chart_is_on_the_page_with_its_times_in_the_zone_of_the_site() {
    let page = page_of(None);
    for said in [
        "Ana Reis",
        "speaks pt",
        "+41 44 555 01 23 (mobile)",
        "12 Old Lane, 3550 Bendigo",
        "Contact: Eva Lind (daughter) +41 44 555 01 24",
        "Printed 2026-07-02 00:30. All times are those of Europe/Zurich.",
        "Sepsis?",
        "Penicillin",
        "Asthma",
        "Warfarin – ON HOLD",
        "Pulse",
        "Potassium",
        "Check INR",
        "inpatient",
        "Anticoagulation",
        "Goal: INR 2 to 3",
        "Ward round",
        "Seen at eight.",
        "Treatment – REFUSED",
        "Bronchoscopy",
        "Influenza",
        "Chest X-ray",
        "Mother",
        "Smoker",
        "ImagingStudy",
    ] {
        assert!(page.contains(said), "{said} is not on the page:\n{page}");
    }
    assert!(!page.contains("UTC") && !page.contains("is not kept"), "{page}");
}

#[test]
fn a_page_of_an_earlier_day_says_that_devices_are_not_on_it() {
    let since = DateTime::UNIX_EPOCH;
    let page = page_of(Some(DevicesTold { told: false, readings_since: since }));
    assert!(page.contains("What devices had measured by then is not kept"), "{page}");
    assert!(!page_of(Some(DevicesTold { told: true, readings_since: since })).contains("is not kept"));
}
