//! What a clinic says of its patients: records that are laid down, and consents.

use healthcare_domain::{
    AnyState,
    consent::Consent,
    patient::{Patient, Standing},
};

use super::{CLINIC, Said, Taken, after, fresh, take};

fn resource(id: &str) -> serde_json::Value {
    let bundle: serde_json::Value = serde_json::from_str(CLINIC).unwrap();
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().map(|e| &e["resource"]).find(|r| r["id"] == id).unwrap().clone()
}

fn said(id: &str) -> Said {
    let resource = resource(id);
    match take(resource["resourceType"].as_str().unwrap(), &resource.to_string()).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("{id} was kept whole"),
    }
}

#[test]
fn next_of_kin_languages_and_what_is_dated_are_read() {
    let (_, state) = fresh(&said("c1"));
    let AnyState::Patient(Patient::Registered { demographics, .. }) = state else { panic!("registered") };
    let [jonas, employer] = &demographics.contacts[..] else { panic!("two contacts") };
    assert_eq!(jonas.name.as_ref().unwrap().display(), "Jonas Exemplar");
    assert_eq!((jonas.relationships.len(), employer.organization.as_deref()), (1, Some("Muster AG")));
    assert_eq!(
        (demographics.language.as_deref(), &demographics.other_languages[..]),
        (Some("de-CH"), &["fr-CH".to_owned()][..])
    );
    assert_eq!((demographics.telecom[0].rank, demographics.telecom[1].rank), (Some(1), Some(2)));
    assert_eq!(demographics.addresses[1].period.unwrap().end.unwrap().to_string(), "2019-02");
    assert_eq!(demographics.names[0].family.as_deref(), Some("Exemplar"), "the maiden name is no longer in use");
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
    let (events, _) = after(&Said::Patient(said), &state);
    assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), ["patient.reactivated"]);
}

#[test]
fn a_consent_is_recorded_and_withdrawn_as_its_source_has_it() {
    for (id, kinds) in [
        ("k1", &["patient.consent.recorded"][..]),
        ("k2", &["patient.consent.recorded", "patient.consent.withdrawn"][..]),
    ] {
        let (events, state) = fresh(&said(id));
        assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), kinds);
        assert_eq!(after(&said(id), &state).0, [], "nothing new is said");
    }
    let (_, state) = fresh(&said("k2"));
    let AnyState::Consent(Consent::Withdrawn { content, at, .. }) = state else { panic!("withdrawn") };
    assert_eq!(at, super::at("2025-06-01T08:00:00Z"));
    assert_eq!(content.given_by.unwrap().name.as_deref(), Some("Ruth Müster"));
}

#[test]
fn a_consent_that_says_more_than_the_record_can_is_kept_whole() {
    let narrow = resource("k3");
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
