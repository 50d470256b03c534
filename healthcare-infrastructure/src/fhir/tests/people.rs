use healthcare_domain::{
    AnyState,
    encounter::{Disposition, Encounter, EncounterClass},
    patient::{Deceased, Patient},
};

use super::{after, at, changed, fresh, said};

#[test]
fn a_patient_is_known_from_birth_and_dies_when_they_died() {
    let (events, state) = fresh(&said("12"));
    let kinds: Vec<_> = events.iter().map(|e| e.event.kind()).collect();
    assert_eq!(kinds, ["patient.created", "patient.updated"]);
    assert_eq!(events[0].times.known_at, at("1954-03-01T00:00:00Z"));
    assert_eq!(events[1].times.known_at, at("2024-05-02T11:00:00Z"));
    assert!(events.iter().all(|e| e.times.assumed), "FHIR has no time for either");

    let AnyState::Patient(Patient::Registered { demographics, .. }) = state else { panic!("not registered") };
    assert_eq!(demographics.display_name(), "Ana Luísa Ferreira", "the official name first, nulls left out");
    assert_eq!(demographics.birth_date.unwrap().to_string(), "1954-03");
    assert_eq!(demographics.deceased, Some(Deceased::since(Some(at("2024-05-02T11:00:00Z")))));
    assert_eq!(demographics.language.as_deref(), Some("pt-PT"));
    assert_eq!(demographics.identifiers.len(), 2);
}

#[test]
fn a_new_address_is_an_update_known_only_now() {
    let (_, state) = fresh(&said("12"));
    let moved = changed("12", |p| p["address"][0]["city"] = "Porto".into());
    let (events, _) = after(&moved, &state);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event.kind(), "patient.updated");
    assert_eq!(events[0].times.known_at, super::now());
}

#[test]
fn a_finished_visit_began_and_ended_each_at_its_own_time() {
    let (events, state) = fresh(&said("e1"));
    let kinds: Vec<_> = events.iter().map(|e| (e.event.kind(), e.times.occurred_at)).collect();
    let end = at("2024-03-04T23:59:59Z"); // a period's end given as a date includes the day
    assert_eq!(kinds, [("encounter.started", at("2024-03-01T08:00:00Z")), ("encounter.completed", end)]);
    let AnyState::Encounter(Encounter::Discharged { visit, at: ended, disposition }) = state else {
        panic!("not discharged")
    };
    let admission = visit.admission;
    assert_eq!((ended, disposition), (Some(end), Disposition::Home));
    assert_eq!((admission.class, admission.ward.as_deref()), (EncounterClass::Inpatient, Some("Ward 3")));
    assert!(admission.provider.unwrap().id.is_some());
}

#[test]
fn a_visit_under_way_ends_when_its_source_says_so_later() {
    let (events, open) = fresh(&said("e2"));
    assert_eq!(events.len(), 1);
    let finished = changed("e2", |e| {
        e["status"] = "finished".into();
        e["period"]["end"] = "2024-05-02T11:00:00Z".into();
    });
    let (events, state) = after(&finished, &open);
    assert_eq!(events.iter().map(|e| e.event.kind()).collect::<Vec<_>>(), ["encounter.completed"]);
    assert!(matches!(state, AnyState::Encounter(Encounter::Discharged { .. })));
}

#[test]
fn a_mistaken_visit_is_struck_out() {
    let (_, state) = fresh(&said("e4"));
    assert!(matches!(state, AnyState::Encounter(Encounter::EnteredInError { .. })));
}
