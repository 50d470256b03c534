//! What was read from a resource is written back: read, write, read again, and the record is the same; and so is the resource,
//! element by element.

use std::collections::BTreeMap;

use healthcare_domain::{AnyState, code::CodeableConcept, entry::Entry, id::EncounterId, id::PatientId};
use serde_json::Value;
use uuid::Uuid;

use super::super::{Reading, Resolver, Said, Taken, beside, datatypes::Reference, read, write};
use super::{CLINIC, DIRECTORY, HOSPITAL, fresh, now};

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

fn taken(resource: &Value) -> Option<Taken> {
    let kind = resource["resourceType"].as_str()?;
    read(kind, &resource.to_string(), &Reading { references: &All, now: now() }).ok()
}

fn take(resource: &Value) -> Option<Said> {
    let (Taken::Understood(said) | Taken::Whole(said)) = taken(resource)?;
    Some(said)
}

/// Whose a resource is: those who care, and where, are nobody's.
fn whose(resource: &Value) -> Option<PatientId> {
    let of_nobody = ["Practitioner", "Organization", "Medication", "Location", "PractitionerRole"];
    let kind = resource["resourceType"].as_str().unwrap_or_default();
    (!of_nobody.contains(&kind)).then_some(PatientId(WHOSE))
}

/// The elements of a resource that do not stand in what went out. Which names the record gives for itself, and to what is
/// referred to, is its own matter; so is the layout of a moment, and a narrative that was generated from the rest.
fn lost(source: &Value, out: &Value) -> Vec<String> {
    let own = |name: &str| matches!(name, "resourceType" | "id" | "subject" | "patient" | "meta" | "text");
    let members = source.as_object().unwrap().iter().filter(|(name, _)| !own(name));
    // A drug goes out under its name: the resource that named it is nobody's.
    let named = |name: &str, value: &Value| {
        let inside = value["reference"].as_str().is_some_and(|text| text.starts_with('#'));
        name == "medicationReference" && !inside && !out["medicationCodeableConcept"].is_null()
    };
    let lost = members.filter(|(name, value)| !tells(&out[name.as_str()], value) && !named(name, value));
    let labels = ["tag", "security"].into_iter().filter(|name| !tells(&out["meta"][name], &source["meta"][name]));
    lost.map(|(name, _)| name.clone()).chain(labels.map(str::to_owned)).collect()
}

fn says_nothing(source: &Value) -> bool {
    match source {
        Value::Null => true,
        Value::Array(all) => all.iter().all(says_nothing),
        Value::Object(members) => members.values().all(says_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether what is told says what its source said.
fn tells(out: &Value, source: &Value) -> bool {
    match (out, source) {
        (_, source) if says_nothing(source) => true,
        (Value::Object(out), Value::Object(source)) => source.iter().all(|(name, value)| match name.as_str() {
            "reference" if value.is_string() => out.get(name).is_some_and(Value::is_string),
            // The name of a code and the type of a reference follow from it, as how a unit is printed does.
            "display" if source.contains_key("code") && !out.contains_key(name) => {
                out.get("code") == source.get("code")
            }
            "type" if source.contains_key("reference") && !out.contains_key(name) => true,
            "unit" if source.contains_key("code") => out.get("code") == source.get("code"),
            _ => tells(out.get(name).unwrap_or(&Value::Null), value),
        }),
        (Value::Array(out), Value::Array(source)) => {
            out.len() == source.len() && out.iter().zip(source).all(|(out, source)| tells(out, source))
        }
        (Value::String(out), Value::String(source)) => {
            let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
            out == source || moment(out).is_some_and(|at| Some(at) == moment(source))
        }
        (out, source) => out == source,
    }
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
    let mut texts = vec![HOSPITAL.to_owned(), CLINIC.to_owned(), DIRECTORY.to_owned()];
    for folder in ["carebundle", "fhir/bulk"] {
        let files = std::fs::read_dir(format!("{fixtures}/{folder}")).unwrap();
        texts.extend(files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()));
    }
    let mut differing = vec![];
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    texts.extend(
        super::stays::all()
            .iter()
            .chain(&super::expected::all())
            .chain(&super::documents::all())
            .chain(&super::whole::all())
            .map(|resource| resource.to_string()),
    );
    for resource in texts.iter().flat_map(|text| resources(text)) {
        let Some(taken) = taken(&resource) else { continue };
        let (understood, patient) = (matches!(taken, Taken::Understood(_)), whose(&resource));
        let (Taken::Understood(said) | Taken::Whole(said)) = taken;
        let (events, state) = fresh(&said);
        let times = events.first().unwrap().times;
        let of = write::Of {
            id: Uuid::from_u128(8),
            patient,
            known_at: (!times.assumed).then_some(times.known_at),
            changed_at: now(),
        };
        let written = write::resources(&state, &of);
        let [again] = &written[..] else { panic!("{} became {} resources", resource["id"], written.len()) };
        let raw = resource.to_string();
        // What is kept whole has nothing beside it.
        let reading = Reading { references: &All, now: now() };
        let beside = understood.then(|| beside::of(&raw, &said, patient, &reading).unwrap()).flatten();
        let again = beside.map_or_else(|| again.clone(), |beside| write::told_again(again.clone(), &beside));
        let again: Value = serde_json::from_str(again.to_raw().get()).unwrap();
        assert_eq!(again["resourceType"], resource["resourceType"]);
        if understood || patient.is_none() {
            let lost = lost(&resource, &again);
            if !lost.is_empty() {
                differing.push(format!("{lost:?} of\n{resource}\n{again}"));
            }
        }
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
        "Location",
        "PractitionerRole",
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
