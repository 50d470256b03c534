//! What was read from a resource is written back: read, write, read again, and the record is the same.

use std::collections::BTreeMap;

use healthcare_domain::{AnyState, code::CodeableConcept, entry::Entry, id::EncounterId, id::PatientId};
use serde_json::Value;
use uuid::Uuid;

use super::super::{Reading, Resolver, Said, Taken, beside, datatypes::Reference, read, write};
use super::{CLINIC, HOSPITAL, fresh, now};

/// Whose everything is.
const WHOSE: Uuid = Uuid::from_u128(7);

/// Knows everything that is referred to, and itself by the names we give.
struct All;

fn known(reference: &Reference) -> Option<Uuid> {
    let text = reference.reference.as_deref()?;
    let ours = text.strip_prefix("urn:uuid:").and_then(|uuid| uuid.parse().ok());
    Some(ours.unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes())))
}

impl Resolver for All {
    fn encounter(&self, reference: &Reference) -> Option<EncounterId> {
        known(reference).map(EncounterId)
    }
    fn stream(&self, reference: &Reference) -> Option<Uuid> {
        known(reference)
    }
    fn is_the_patient(&self, reference: &Reference) -> bool {
        let text = reference.reference.as_deref().unwrap_or_default();
        text.starts_with("Patient/") || known(reference) == Some(WHOSE)
    }
    fn is_running_order(&self, _: &Reference) -> bool {
        false
    }
    fn medication(&self, reference: &Reference) -> Option<CodeableConcept> {
        reference.reference.as_deref().map(CodeableConcept::words)
    }
}

fn take(resource: &Value) -> Option<Said> {
    let kind = resource["resourceType"].as_str()?;
    let (Taken::Understood(said) | Taken::Whole(said)) =
        read(kind, &resource.to_string(), &Reading { references: &All, now: now() }).ok()?;
    Some(said)
}

/// The state with what may differ taken out: the names a resource that was kept whole goes by.
fn held(state: AnyState) -> AnyState {
    match state {
        AnyState::ExternalRecord(Entry::Recorded(mut kept)) => {
            for own in ["id", "meta", "subject", "patient"] {
                kept.resource.as_object_mut().unwrap().remove(own);
            }
            for one in kept.resource.get_mut("participant").and_then(Value::as_array_mut).into_iter().flatten() {
                if one["actor"]["type"] == "Patient" {
                    one["actor"].as_object_mut().unwrap().remove("reference");
                }
            }
            AnyState::ExternalRecord(Entry::Recorded(kept))
        }
        other => other,
    }
}

/// The resources of a bundle or of lines of JSON.
fn resources(text: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(text) {
        Ok(bundle) if bundle["resourceType"] == "Bundle" => {
            bundle["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect()
        }
        _ => text.lines().filter(|line| !line.trim().is_empty()).map(|l| serde_json::from_str(l).unwrap()).collect(),
    }
}

#[test]
fn nothing_that_was_read_is_lost_on_the_way_out() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures");
    let mut texts = vec![HOSPITAL.to_owned(), CLINIC.to_owned()];
    for folder in ["carebundle", "fhir/bulk"] {
        let files = std::fs::read_dir(format!("{fixtures}/{folder}")).unwrap();
        texts.extend(files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()));
    }
    let mut differing = vec![];
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    let patient = PatientId(WHOSE);
    texts.extend(
        super::stays::all()
            .iter()
            .chain(&super::expected::all())
            .chain(&super::documents::all())
            .chain(&super::whole::all())
            .map(|resource| resource.to_string()),
    );
    for resource in texts.iter().flat_map(|text| resources(text)) {
        let Some(said) = take(&resource) else { continue };
        let (events, state) = fresh(&said);
        let times = events.first().unwrap().times;
        let of = write::Of {
            id: Uuid::from_u128(8),
            patient: Some(patient),
            known_at: (!times.assumed).then_some(times.known_at),
            changed_at: now(),
        };
        let written = write::resources(&state, &of);
        let [again] = &written[..] else { panic!("{} became {} resources", resource["id"], written.len()) };
        let raw = resource.to_string();
        let beside = beside::of(&raw, &said, Some(patient), &Reading { references: &All, now: now() }).unwrap();
        let again = beside.map_or_else(|| again.clone(), |beside| write::told_again(again.clone(), &beside));
        let again: Value = serde_json::from_str(again.to_raw().get()).unwrap();
        assert_eq!(again["resourceType"], resource["resourceType"]);
        let said_again = take(&again).unwrap_or_else(|| panic!("{again} is not read"));
        let (events_again, state_again) = fresh(&said_again);
        let (came, went) = (held(state_again), held(state));
        // When it happened, and when it was known, where its source told that.
        let (told, told_again) = (times, events_again.first().unwrap().times);
        let same_times = told.occurred_at == told_again.occurred_at && told.known_at == told_again.known_at;
        if came != went || !(same_times || told.assumed) {
            differing.push(format!("{resource}\n{again}\n{went:?}\n{came:?}"));
        }
        *compared.entry(resource["resourceType"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(differing.is_empty(), "{}", differing.join("\n\n"));
    for kind in [
        "Patient",
        "Consent",
        "Practitioner",
        "Organization",
        "Encounter",
        "Appointment",
        "Condition",
        "AllergyIntolerance",
        "MedicationRequest",
        "Observation",
        "Procedure",
        "Immunization",
        "FamilyMemberHistory",
        "CarePlan",
        "Goal",
        "DiagnosticReport",
        "DocumentReference",
        "Composition",
    ] {
        assert!(compared.contains_key(kind), "no {kind} among {compared:?}");
    }
}
