//! The course of a stay, the family, and how somebody lives: what a source tells of them beyond the bare entry.

use healthcare_domain::{
    AnyState,
    allergy::{AllergyRecord, Mechanism},
    encounter::{DiagnosisUse, Encounter, EncounterClass, Stage},
    entry::Entry,
    observation::{ObservationCategory, ObservationRecord},
    problem::{Activity, Ending, ProblemRecord},
};
use serde_json::{Value, json};

use super::{
    super::{Import, Said, Taken},
    after, at, fresh, now, take,
};

fn said(resource: &Value) -> Said {
    match take(resource["resourceType"].as_str().unwrap(), &resource.to_string()).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("it was kept whole"),
    }
}

fn stay() -> Value {
    let period = |start: &str, end: &str| json!({ "start": start, "end": end });
    let place = |kind: &str, name: &str, start: &str| json!({ "location": { "display": name }, "physicalType": { "coding": [{ "code": kind }] }, "period": { "start": start } });
    json!({
        "resourceType": "Encounter", "id": "stay", "status": "finished",
        "statusHistory": [
            { "status": "arrived", "period": period("2024-03-01T08:00:00Z", "2024-03-01T08:20:00Z") },
            { "status": "triaged", "period": period("2024-03-01T08:20:00Z", "2024-03-01T09:00:00Z") },
            { "status": "in-progress", "period": period("2024-03-01T09:00:00Z", "2024-03-02T09:00:00Z") },
            { "status": "onleave", "period": period("2024-03-02T09:00:00Z", "2024-03-03T09:00:00Z") },
            { "status": "in-progress", "period": period("2024-03-03T09:00:00Z", "2024-03-04T10:00:00Z") }
        ],
        "class": { "code": "IMP" },
        "classHistory": [
            { "class": { "code": "EMER" }, "period": period("2024-03-01T08:00:00Z", "2024-03-01T12:00:00Z") },
            { "class": { "code": "IMP" }, "period": period("2024-03-01T12:00:00Z", "2024-03-04T10:00:00Z") }
        ],
        "subject": { "reference": "Patient/1" },
        "period": period("2024-03-01T08:00:00Z", "2024-03-04T10:00:00Z"),
        "diagnosis": [
            { "condition": { "reference": "Condition/7", "display": "Pneumonia" }, "rank": 1,
              "use": { "coding": [{ "code": "DD" }] } }
        ],
        "hospitalization": { "admitSource": { "text": "ambulance" },
            "dischargeDisposition": { "coding": [{ "code": "rehab" }] } },
        "location": [
            place("wa", "Emergency", "2024-03-01T08:00:00Z"),
            place("wa", "Ward 3", "2024-03-01T12:00:00Z"), place("ro", "12", "2024-03-01T12:00:00Z"),
            place("bd", "Window", "2024-03-01T12:00:00Z"),
            place("bd", "Door", "2024-03-02T08:00:00Z")
        ]
    })
}

/// All of them, for the round trip.
pub fn all() -> Vec<Value> {
    vec![stay(), mother(), latex(), smokes(), not_given(), done()]
}

fn not_given() -> Value {
    json!({ "resourceType": "Immunization", "id": "i", "status": "not-done", "vaccineCode": { "coding": [{ "code": "140" }] },
        "patient": { "reference": "Patient/1" }, "occurrenceDateTime": "2024-05-01T00:00:00Z",
        "statusReason": { "coding": [{ "code": "PATOBJ" }] }, "expirationDate": "2025-01-01",
        "manufacturer": { "display": "Somebody" }, "site": { "text": "left arm" }, "route": { "text": "intramuscular" },
        "doseQuantity": { "value": 0.50, "unit": "mL", "code": "mL" }, "note": [{ "text": "asked again in autumn" }],
        "performer": [{ "actor": { "display": "Nurse Ratched" } }], "protocolApplied": [{ "doseNumberPositiveInt": 2 }] })
}

fn done() -> Value {
    json!({ "resourceType": "Procedure", "id": "p", "status": "stopped", "code": { "text": "Colonoscopy" },
        "subject": { "reference": "Patient/1" }, "performedDateTime": "2024-05-01T08:00:00Z",
        "statusReason": { "text": "pain" }, "bodySite": [{ "text": "colon" }], "outcome": { "text": "incomplete" },
        "complication": [{ "text": "bleeding" }], "note": [{ "text": "to be repeated" }] })
}

fn mother() -> Value {
    json!({ "resourceType": "FamilyMemberHistory", "id": "f", "status": "completed", "date": "2024-05-01",
        "patient": { "reference": "Patient/1" }, "relationship": { "coding": [{ "code": "MTH" }] },
        "sex": { "coding": [{ "code": "female" }] }, "bornDate": "1930",
        "deceasedAge": { "value": 70, "unit": "a", "code": "a" }, "note": [{ "text": "told by the sister" }],
        "condition": [{ "code": { "text": "Stroke" }, "contributedToDeath": true, "onsetAge": { "value": 68, "code": "a" } }] })
}

fn latex() -> Value {
    json!({ "resourceType": "AllergyIntolerance", "id": "a", "type": "allergy", "code": { "text": "Latex" },
        "patient": { "reference": "Patient/1" }, "lastOccurrence": "2024-01-01", "note": [{ "text": "gloves" }],
        "reaction": [{ "manifestation": [{ "text": "Hives" }], "onset": "2019-05-01", "description": "within minutes",
            "exposureRoute": { "text": "skin" }, "substance": { "text": "Latex gloves" } }] })
}

fn smokes() -> Value {
    json!({ "resourceType": "Observation", "id": "s", "status": "final",
        "category": [{ "coding": [{ "code": "social-history" }] }], "code": { "coding": [{ "code": "72166-2" }] },
        "subject": { "reference": "Patient/1" }, "effectiveDateTime": "2024-01-01",
        "valueCodeableConcept": { "coding": [{ "code": "8517006" }] } })
}

#[test]
fn a_stay_is_read_with_its_statuses_classes_places_and_diagnoses_in_order() {
    let (events, state) = fresh(&said(&stay()));
    let kinds: Vec<_> = events.iter().map(|e| (e.event.kind(), e.times.occurred_at)).collect();
    let expected = [
        ("encounter.arrived", "2024-03-01T08:00:00Z"),
        ("encounter.triaged", "2024-03-01T08:20:00Z"),
        ("encounter.started", "2024-03-01T09:00:00Z"),
        ("encounter.class-changed", "2024-03-01T12:00:00Z"),
        ("encounter.transferred", "2024-03-01T12:00:00Z"),
        ("encounter.transferred", "2024-03-02T08:00:00Z"),
        ("encounter.leave-begun", "2024-03-02T09:00:00Z"),
        ("encounter.leave-ended", "2024-03-03T09:00:00Z"),
        ("encounter.diagnosis.added", "2024-03-03T09:00:00Z"),
        ("encounter.completed", "2024-03-04T10:00:00Z"),
    ];
    assert_eq!(kinds, expected.map(|(kind, time)| (kind, at(time))));
    let AnyState::Encounter(Encounter::Discharged { visit, .. }) = &state else { panic!("not discharged") };
    let stages: Vec<_> = visit.stages.iter().map(|one| one.stage).collect();
    assert_eq!(stages, [Stage::Arrived, Stage::Triaged, Stage::InProgress, Stage::OnLeave, Stage::InProgress]);
    assert_eq!(visit.classes[0].class, EncounterClass::Emergency);
    let places: Vec<_> = visit.places.iter().map(|one| (one.place.ward.as_str(), one.place.bed.as_deref())).collect();
    assert_eq!(places, [("Emergency", None), ("Ward 3", Some("Window")), ("Ward 3", Some("Door"))]);
    assert_eq!((visit.diagnoses[0].used, visit.diagnoses[0].rank), (DiagnosisUse::Discharge, 1));
    assert_eq!(visit.admission.admit_source.as_ref().unwrap().label(), "ambulance");
    assert_eq!(after(&said(&stay()), &state).0, [], "the same again says nothing new");
}

#[test]
fn who_still_waits_at_the_source_waits_here() {
    let waits = json!({ "resourceType": "Encounter", "id": "w", "status": "arrived", "class": { "code": "EMER" },
        "subject": { "reference": "Patient/1" }, "period": { "start": "2026-11-21T08:00:00Z" } });
    let AnyState::Encounter(state) = fresh(&said(&waits)).1 else { panic!("no visit") };
    assert_eq!(state.status(), "arrived");
}

/// A bed of the house that was given here is not taken away by what a source says of its own beds.
#[test]
fn a_bed_that_was_given_here_stays_given() {
    let open = json!({ "resourceType": "Encounter", "id": "w", "status": "in-progress", "class": { "code": "IMP" },
        "subject": { "reference": "Patient/1" }, "period": { "start": "2026-11-20T08:00:00Z" } });
    let (_, state) = fresh(&said(&open));
    let AnyState::Encounter(mut visit) = state else { panic!("no visit") };
    let bed = healthcare_domain::id::BedId(uuid::Uuid::from_u128(9));
    let place =
        healthcare_domain::encounter::Place { bed_id: Some(bed), ..healthcare_domain::encounter::Place::on("West") };
    for event in visit.transfer(place, now(), now()).unwrap() {
        healthcare_domain::EventSourced::apply(&mut visit, &event);
    }
    let mut later = open;
    later["reasonCode"] = json!([{ "text": "cough" }]);
    let (events, state) = after(&said(&later), &AnyState::Encounter(visit));
    assert_eq!(events.iter().map(|e| e.event.kind()).collect::<Vec<_>>(), ["encounter.amended"]);
    let AnyState::Encounter(visit) = state else { panic!("no visit") };
    assert_eq!(visit.holds(), Some(bed));
}

#[test]
fn a_relative_is_read_with_what_they_had_and_died_of() {
    let (events, state) = fresh(&said(&mother()));
    assert_eq!(events[0].event.kind(), "patient.family-history.recorded");
    let AnyState::FamilyHistory(Entry::Recorded(history)) = state else { panic!("not recorded") };
    assert_eq!((history.deceased, history.deceased_age), (Some(true), Some(70)));
    assert_eq!((history.conditions[0].onset_age, history.conditions[0].contributed_to_death), (Some(68), Some(true)));
    assert_eq!(history.sex.as_deref(), Some("female"));
    let mut nobody = mother();
    nobody["relationship"] = json!({});
    assert!(matches!(take("FamilyMemberHistory", &nobody.to_string()), Ok(Taken::Whole(_))), "it is kept, not lost");
}

#[test]
fn how_somebody_lives_is_told_from_other_observations() {
    let (events, state) = fresh(&said(&smokes()));
    assert_eq!(events[0].event.kind(), "patient.social-history.recorded");
    let AnyState::Observation(ObservationRecord::Recorded { observation, .. }) = state else { panic!("not recorded") };
    assert_eq!(observation.category, ObservationCategory::SocialHistory);
}

#[test]
fn a_problem_keeps_how_it_ended_and_how_it_came_back() {
    let asthma = |status: &str| {
        json!({ "resourceType": "Condition", "id": "c", "code": { "text": "Asthma" }, "subject": { "reference": "Patient/1" },
            "clinicalStatus": { "coding": [{ "code": status }] },
            "verificationStatus": { "coding": [{ "code": "confirmed" }] } })
    };
    for (status, ending) in [("remission", Ending::Remission), ("inactive", Ending::Inactive)] {
        let AnyState::Problem(ProblemRecord::Resolved(_, _, how)) = fresh(&said(&asthma(status))).1 else {
            panic!("not over")
        };
        assert_eq!(how, ending);
    }
    let (_, state) = fresh(&said(&asthma("relapse")));
    assert!(matches!(state, AnyState::Problem(ProblemRecord::Active(_, Activity::Relapse))));
    // What its source was sure of and no longer is, it may say.
    let mut doubted = asthma("relapse");
    doubted["verificationStatus"]["coding"][0]["code"] = json!("provisional");
    let events = said(&doubted).decide(&state, &Import { now: now(), changed: None }).unwrap();
    assert_eq!(events.iter().map(|e| e.event.kind()).collect::<Vec<_>>(), ["patient.problem.amended"]);
}

#[test]
fn a_reaction_is_read_with_all_that_is_known_of_it() {
    let AnyState::Allergy(AllergyRecord::Active(allergy)) = fresh(&said(&latex())).1 else { panic!("not active") };
    assert_eq!((allergy.mechanism, allergy.note.as_deref()), (Some(Mechanism::Allergy), Some("gloves")));
    let reaction = &allergy.reactions[0];
    assert_eq!(reaction.onset_at, Some(at("2019-05-01T00:00:00Z")));
    assert_eq!(reaction.substance.as_ref().unwrap().label(), "Latex gloves");
    assert_eq!(reaction.exposure_route.as_ref().unwrap().label(), "skin");
}
