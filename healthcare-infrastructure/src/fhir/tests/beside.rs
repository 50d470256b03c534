//! What a source tells and no entry has a place for: it is kept, and comes out again; and what is not to be taken at its word.

use healthcare_domain::{
    AnyState,
    encounter::EncounterEvent,
    entry::Beside,
    medication::{Intake, MedicationOrder, OrderEnd},
    patient::Patient,
    plan::Plan,
    problem::{Ending, ProblemRecord},
};
use serde_json::{Value, json};

use super::{
    super::{Reading, Said, Taken, beside, write},
    Known, at, fresh, now, take,
};

fn said(resource: &Value) -> Said {
    match take(resource["resourceType"].as_str().unwrap(), &resource.to_string()).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("it was kept whole"),
    }
}

fn is_kept_whole(resource: &Value) -> bool {
    matches!(take(resource["resourceType"].as_str().unwrap(), &resource.to_string()), Ok(Taken::Whole(_)))
}

/// A resource as it goes out, of the state that `change` leaves.
fn out(resource: &Value, change: impl FnOnce(AnyState) -> AnyState) -> Value {
    let said = said(resource);
    let patient = Some(healthcare_domain::id::PatientId(uuid::Uuid::from_u128(6)));
    let reading = Reading { references: &Known, now: now() };
    let kept = beside::of(&resource.to_string(), &said, patient, &reading).unwrap();
    let (events, state) = fresh(&said);
    let times = events.first().unwrap().times;
    let known_at = (!times.assumed).then_some(times.known_at);
    let of = write::Of { id: uuid::Uuid::from_u128(5), patient, known_at, changed_at: now() };
    let [written] = write::resources(&change(state), &of).try_into().unwrap();
    let told = match kept {
        Some(kept) => write::told_again(written, &kept),
        None => written,
    };
    serde_json::from_str(told.to_raw().get()).unwrap()
}

/// Whether all elements of `resource` stand in `out` as they came, but for those that are the record's own.
fn assert_whole(resource: &Value, out: &Value) {
    let own = ["id", "subject", "patient", "meta", "encounter", "context"];
    for (name, value) in resource.as_object().unwrap().iter().filter(|(name, _)| !own.contains(&name.as_str())) {
        assert_eq!(&out[name], value, "{name} of {out:#}");
    }
}

fn fracture() -> Value {
    json!({
        "resourceType": "Condition", "id": "1", "subject": { "reference": "Patient/1" },
        "meta": { "profile": ["urn:profile"], "security": [{ "system": "urn:labels", "code": "R" }] },
        "clinicalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "71620000", "version": "2024-03" }], "text": "Fracture of femur" },
        "bodySite": [{ "text": "left" }], "note": [{ "text": "fell from a ladder", "time": "2024-05" }],
        "stage": [{ "summary": { "text": "II" } }], "onsetAge": { "value": 52.0, "unit": "a", "code": "a" },
        "recordedDate": "2024-05", "extension": [{ "url": "urn:x", "valueDecimal": 7.40 }]
    })
}

#[test]
fn what_the_record_has_no_place_for_goes_out_as_it_came() {
    let written = out(&fracture(), |state| state);
    assert_whole(&fracture(), &written);
    assert_eq!(written["meta"]["security"], fracture()["meta"]["security"]);
    assert_eq!(written["meta"]["profile"], Value::Null, "its form is ours");
    let goal = json!({ "resourceType": "Goal", "id": "1", "subject": { "reference": "Patient/1" }, "lifecycleStatus": "on-hold",
        "priority": { "text": "high" }, "statusReason": "waits for the scan", "description": { "text": "walks again" } });
    assert_whole(&goal, &out(&goal, |state| state));
    let vaccine = json!({ "resourceType": "Immunization", "id": "1", "patient": { "reference": "Patient/1" }, "status": "completed",
        "vaccineCode": { "text": "Influenza" }, "occurrenceString": "as a child",
        "protocolApplied": [{ "series": "first", "doseNumberString": "one of three" }] });
    assert_whole(&vaccine, &out(&vaccine, |state| state));
    let patient = json!({ "resourceType": "Patient", "id": "1", "birthDate": "1954-03-02",
        "identifier": [{ "type": { "text": "MR" }, "system": "urn:mrn", "value": "1" }], "name": [{ "family": "Lind" }],
        "_birthDate": { "extension": [{ "url": "urn:time", "valueDateTime": "1954-03-02T04:30:00Z" }] },
        "address": [{ "text": "12 Old Lane", "line": ["12 Old Lane"], "district": "East" }] });
    assert_whole(&patient, &out(&patient, |state| state));
}

#[test]
fn digits_of_what_is_kept_are_those_of_its_source() {
    let raw = fracture().to_string().replace("52.0", "52.00");
    let reading = Reading { references: &Known, now: now() };
    let Ok(Taken::Understood(said)) = take("Condition", &raw) else { panic!("read") };
    let kept = beside::of(&raw, &said, None, &reading).unwrap().unwrap();
    assert!(kept.told.iter().any(|(name, value)| name == "onsetAge" && value.contains("52.00")), "{kept:?}");
}

#[test]
fn another_layout_and_a_reference_that_is_known_since_say_nothing_new() {
    let mut held = Beside {
        told: vec![("asserter".into(), r#"{"reference": "Practitioner/1", "display":"Dr Moss"}"#.into())],
        ..Beside::default()
    };
    let known =
        |id: u32| format!(r#"{{"display":"Dr Moss","reference":"urn:uuid:0000000{id}-0000-7000-8000-000000000000"}}"#);
    let told = |value: String| Beside { told: vec![("asserter".into(), value)], ..Beside::default() };
    assert!(beside::is_same(&held, &told(known(1))));
    assert!(!beside::is_same(&told(known(2)), &told(known(1))));
    held.told[0].0 = "recorder".into();
    assert!(!beside::is_same(&held, &told(known(1))));
}

#[test]
fn what_has_changed_here_since_is_believed() {
    let written = out(&fracture(), |state| {
        let AnyState::Problem(ProblemRecord::Active(mut problem, _)) = state else { panic!("active") };
        problem.onset_at = Some(at("2024-05-03T00:00:00Z"));
        AnyState::Problem(ProblemRecord::Resolved(problem, Some(at("2024-09-01T00:00:00Z")), Ending::Resolved))
    });
    assert_eq!(written["onsetDateTime"], "2024-05-03T00:00:00Z");
    assert_eq!(written["onsetAge"], Value::Null, "FHIR knows one onset");
    assert_eq!(written["clinicalStatus"]["coding"][0]["code"], "resolved");
    assert_eq!(written["bodySite"], fracture()["bodySite"]);
}

#[test]
fn what_says_all_that_is_read_leaves_nothing_beside() {
    let plain = json!({ "resourceType": "Observation", "id": "1", "status": "final", "code": { "text": "Potassium" },
        "subject": { "reference": "Patient/1" }, "effectiveDateTime": "2024-03-01T09:00:00+01:00",
        "text": { "status": "generated", "div": "<div>4.1</div>" },
        "valueQuantity": { "value": 4.10, "unit": "mmol per litre", "system": "http://unitsofmeasure.org", "code": "mmol/L" } });
    let reading = Reading { references: &Known, now: now() };
    assert_eq!(beside::of(&plain.to_string(), &said(&plain), None, &reading), Ok(None));
}

#[test]
fn a_modifier_that_nobody_understands_is_not_passed_over() {
    let mut modified = fracture();
    modified["stage"][0]["modifierExtension"] = json!([{ "url": "urn:not", "valueBoolean": true }]);
    assert!(is_kept_whole(&modified));
    modified["stage"][0]["modifierExtension"] = json!([]);
    assert!(!is_kept_whole(&modified));
    let patient = json!({ "resourceType": "Patient", "id": "1", "name": [{ "family": "Lind" }],
        "modifierExtension": [{ "url": "urn:not-a-person", "valueBoolean": true }] });
    assert_eq!(take("Patient", &patient.to_string()).unwrap_err().place, "modifierExtension");
}

fn plan() -> Value {
    json!({
        "resourceType": "CarePlan", "id": "1", "status": "active", "intent": "plan", "subject": { "reference": "Patient/1" },
        "title": "Heart", "description": "After the talk of May",
        "contained": [{ "resourceType": "Goal", "id": "goal", "lifecycleStatus": "active", "description": { "text": "less pain" } }],
        "goal": [{ "reference": "#goal" }],
        "activity": [
            { "detail": { "code": { "text": "Operation on heart" }, "status": "not-started", "doNotPerform": true,
                "scheduledString": "ever" }, "progress": [{ "text": "refused" }] },
            { "detail": { "code": { "text": "Walks" }, "status": "in-progress", "doNotPerform": false } }]
    })
}

#[test]
fn what_a_plan_forbids_is_nothing_to_do() {
    let (_, state) = fresh(&said(&plan()));
    let AnyState::Plan(Plan::Elsewhere(held)) = &state else { panic!("a plan of theirs") };
    assert_eq!(held.activities.iter().map(|one| one.prohibited).collect::<Vec<_>>(), [true, false]);
    let patient = None;
    let of = write::Of { id: uuid::Uuid::from_u128(5), patient, known_at: None, changed_at: now() };
    let [bare] = write::resources(&state, &of).try_into().unwrap();
    let bare: Value = serde_json::from_str(bare.to_raw().get()).unwrap();
    assert_eq!(bare["activity"][0]["detail"]["doNotPerform"], true, "without what is kept beside it, too");
    assert_whole(&plan(), &out(&plan(), |state| state));
}

fn paracetamol() -> Value {
    let tablets = |n: u32, when: &str, sequence: u32| json!({ "sequence": sequence, "text": format!("{n} tablets {when}"), "doseAndRate": [{ "doseQuantity": { "value": n, "unit": "tablet" } }] });
    let mut last = tablets(1, "daily", 2);
    last["doseAndRate"][0] = json!({ "doseRange": { "low": { "value": 1, "unit": "tablet" }, "high": { "value": 2, "unit": "tablet" } },
        "rateRatio": { "numerator": { "value": 1, "unit": "tablet" }, "denominator": { "value": 1, "unit": "h" } } });
    last["asNeededCodeableConcept"] = json!({ "text": "pain" });
    last["additionalInstruction"] = json!([{ "text": "with water" }]);
    last["maxDosePerPeriod"] =
        json!({ "numerator": { "value": 4, "unit": "g" }, "denominator": { "value": 1, "unit": "d" } });
    json!({
        "resourceType": "MedicationRequest", "id": "1", "status": "active", "intent": "original-order",
        "medicationCodeableConcept": { "text": "Paracetamol 500 mg" }, "subject": { "reference": "Patient/1" },
        "authoredOn": "2024-05-03T08:00:00Z",
        "dosageInstruction": [tablets(2, "in the morning", 1), tablets(10, "in the evening", 1), last],
        "dispenseRequest": { "numberOfRepeatsAllowed": 3 }, "note": [{ "text": "told twice" }]
    })
}

fn prescription(resource: &Value) -> healthcare_domain::medication::Prescription {
    match fresh(&said(resource)).1 {
        AnyState::MedicationOrder(MedicationOrder::Active { prescription, .. }) => *prescription,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_instruction_of_an_order_is_kept_and_goes_out() {
    let order = prescription(&paracetamol());
    assert_eq!(order.frequency.as_deref(), Some("2 tablets in the morning"));
    let further: Vec<_> = order.further.iter().map(|one| (one.then, one.frequency.as_deref().unwrap())).collect();
    assert_eq!(further, [(false, "10 tablets in the evening"), (true, "1 tablets daily")]);
    let details = ["from 1 tablet", "at 1 tablet per 1 h", "max 4 g per 1 d", "as needed for pain", "with water"];
    assert_eq!(order.details, details.map(|words| format!("3: {words}")));
    assert_whole(&paracetamol(), &out(&paracetamol(), |state| state));
}

/// The end of a taper and the noon of 1-0-1 are written as doses of zero.
#[test]
fn an_instruction_of_nothing_is_a_detail_and_no_dose() {
    for nth in 0..3 {
        let mut resource = paracetamol();
        resource["dosageInstruction"][nth] = json!({ "sequence": 1, "text": "at noon",
            "doseAndRate": [{ "doseQuantity": { "value": 0, "unit": "tablet" } }] });
        let order = prescription(&resource);
        assert_eq!(order.further.len(), 1, "{nth}");
        let doses = order.dose.iter().chain(order.further.iter().filter_map(|one| one.dose.as_ref()));
        assert!(doses.map(|dose| dose.value).all(|value| value > rust_decimal::Decimal::ZERO), "{nth}");
        assert!(order.details.contains(&format!("{}: 0 tablet, at noon", nth + 1)), "{:?}", order.details);
    }
    let mut resource = paracetamol();
    resource["dosageInstruction"] =
        json!([{ "text": "paused", "doseAndRate": [{ "doseQuantity": { "value": 0, "unit": "tablet" } }] }]);
    let paused = prescription(&resource);
    assert_eq!((paused.dose, paused.details), (None, vec!["0 tablet, paused".to_owned()]));
}

/// A dose that cannot be is not taken over; that its source stopped the order is.
#[test]
fn an_order_that_its_source_stops_is_stopped_whatever_its_dose() {
    let mut resource = paracetamol();
    let (_, state) = fresh(&said(&resource));
    resource["status"] = json!("stopped");
    resource["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] = json!(-2);
    match super::after(&said(&resource), &state).1 {
        AnyState::MedicationOrder(MedicationOrder::Ended { prescription: now, .. }) => {
            assert_eq!(now.dose.unwrap().value, rust_decimal::Decimal::TWO);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_that_ended_here_keeps_what_its_source_said_of_the_dose() {
    let written = out(&paracetamol(), |state| {
        let AnyState::MedicationOrder(order) = state else { panic!("an order") };
        let why = "a rash".to_owned().try_into().unwrap();
        let events = order.stop(why, at("2024-06-01T08:00:00Z")).unwrap();
        let mut state = AnyState::MedicationOrder(order);
        for event in events {
            state.apply(&event.into());
        }
        state
    });
    let last = &written["dosageInstruction"][2];
    assert_eq!(last["timing"]["repeat"]["boundsPeriod"]["end"], "2024-06-01T08:00:00Z");
    assert_eq!(last["maxDosePerPeriod"], paracetamol()["dosageInstruction"][2]["maxDosePerPeriod"]);
    assert_eq!((&written["status"], &written["intent"]), (&json!("stopped"), &json!("original-order")));
}

#[test]
fn what_is_only_proposed_is_no_order_and_what_is_planned_at_home_is() {
    for (intent, whole) in [("proposal", true), ("option", true), ("filler-order", false), ("plan", false)] {
        let mut request = paracetamol();
        request["intent"] = json!(intent);
        assert_eq!(is_kept_whole(&request), whole, "{intent}");
    }
    // US Core MedicationRequest: what a patient takes on their own.
    let mut home = paracetamol();
    (home["intent"], home["reportedBoolean"]) = (json!("plan"), json!(true));
    home["requester"] = json!({ "reference": "Patient/1" });
    assert!(matches!(fresh(&said(&home)).1, AnyState::MedicationOrder(MedicationOrder::Active { .. })));
    let written = out(&home, |state| state);
    assert_eq!((&written["intent"], &written["reportedBoolean"]), (&json!("plan"), &json!(true)));
}

fn statement(status: &str) -> Value {
    json!({
        "resourceType": "MedicationStatement", "id": "1", "status": status, "subject": { "reference": "Patient/1" },
        "medicationCodeableConcept": { "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "855332" }] },
        "effectivePeriod": { "start": "2024-05" }, "dateAsserted": "2024-06-01", "category": { "text": "community" },
        "informationSource": { "reference": "Patient/1" }, "dosage": [{ "text": "5 mg once daily" }]
    })
}

#[test]
fn what_somebody_says_is_taken_counts_and_goes_out_as_said() {
    let held = prescription(&statement("active"));
    assert_eq!((held.reported, held.taking), (true, Intake::AsOrdered));
    assert_eq!(held.medication.coding[0].code, "855332");
    assert_eq!(held.authored_at, at("2024-05-01T00:00:00Z"));
    assert_eq!(prescription(&statement("on-hold")).taking, Intake::OnHold);
    let written = out(&statement("active"), |state| state);
    assert_eq!(written["resourceType"], "MedicationStatement");
    assert_eq!(written["effectivePeriod"], json!({ "start": "2024-05" }), "as precisely as it was told");
    assert_eq!(written["category"], json!({ "text": "community" }));
    assert!(matches!(
        fresh(&said(&statement("completed"))).1,
        AnyState::MedicationOrder(MedicationOrder::Ended { .. })
    ));
    assert!(is_kept_whole(&statement("not-taken")));
    assert!(take("MedicationStatement", &statement("perhaps").to_string()).is_err());
    let mut of_an_order = statement("active");
    of_an_order["basedOn"] = json!([{ "reference": "MedicationRequest/1" }]);
    assert!(is_kept_whole(&of_an_order), "the order counts already");
    of_an_order["basedOn"] = json!([{ "reference": "MedicationRequest/2" }]);
    assert!(!is_kept_whole(&of_an_order), "an order that ended, or is not here, counts for nothing");
}

#[test]
fn who_tells_of_a_drug_did_not_order_it() {
    assert_eq!(prescription(&statement("active")).prescriber, None);
    let written = out(&statement("active"), |state| state);
    assert_eq!(written["informationSource"]["reference"], json!(write::urn(uuid::Uuid::from_u128(2))));
}

#[test]
fn what_was_taken_until_a_day_is_not_taken_after_it() {
    let until = |status: &str, end: &str| {
        let mut told = statement(status);
        told["effectivePeriod"] = json!({ "start": "2024-05", "end": end });
        fresh(&said(&told)).1
    };
    let AnyState::MedicationOrder(MedicationOrder::Ended { how, at: ended, .. }) = until("active", "2024-06-30") else {
        panic!("it ended")
    };
    assert_eq!((how, ended), (OrderEnd::Completed, Some(at("2024-06-30T23:59:59Z"))));
    let runs = |state: &AnyState| matches!(state, AnyState::MedicationOrder(MedicationOrder::Active { .. }));
    assert!(!runs(&until("unknown", "2024-06-30")) && !runs(&until("intended", "2024-06-30")));
    assert!(runs(&until("active", "2026-11-21")), "the last day is not over");
    assert!(runs(&until("on-hold", "2024-06-30")), "it is to go on");
    let Said::MedicationOrder(again) = said(&statement("active")) else { panic!("a medication") };
    assert!(again.goes_on(&until("active", "2024-06-30")) && !again.goes_on(&until("active", "2027")));
}

#[test]
fn what_was_said_of_another_diagnosis_is_not_told_of_this_one() {
    let mut told = fracture();
    told["text"] = json!({ "status": "additional", "div": "<div>fracture of the left femur, stage II</div>" });
    told["evidence"] = json!([{ "code": [{ "text": "x-ray" }] }]);
    told["category"] = json!([{ "text": "problem" }]);
    assert_eq!(out(&told, |state| state)["text"], told["text"]);
    let written = out(&told, |state| {
        let AnyState::Problem(ProblemRecord::Active(mut problem, since)) = state else { panic!("active") };
        problem.code = healthcare_domain::code::CodeableConcept::words("Contusion of thigh");
        AnyState::Problem(ProblemRecord::Active(problem, since))
    });
    assert_eq!(written["code"]["text"], "Contusion of thigh");
    for gone in ["stage", "evidence", "text", "extension", "onsetAge"] {
        assert_eq!(written[gone], Value::Null, "{gone} of {written:#}");
    }
    assert_eq!((&written["category"], &written["recordedDate"]), (&told["category"], &told["recordedDate"]));
    let noted = out(&told, |state| {
        let AnyState::Problem(ProblemRecord::Active(mut problem, since)) = state else { panic!("active") };
        problem.note = Some("walks again".to_owned());
        AnyState::Problem(ProblemRecord::Active(problem, since))
    });
    assert_eq!((&noted["stage"], &noted["text"]), (&told["stage"], &Value::Null), "a narrative is of all of it");
}

/// Patient/1 is whose it is, and everybody else is somebody else.
struct OfOne;

impl super::Resolver for OfOne {
    fn encounter(&self, _: &super::Reference) -> Option<healthcare_domain::id::EncounterId> {
        None
    }
    fn stream(&self, reference: &super::Reference) -> Option<uuid::Uuid> {
        Known.stream(reference)
    }
    fn is_the_patient(&self, reference: &super::Reference) -> bool {
        reference.reference.as_deref() == Some("Patient/1")
    }
    fn is_running_order(&self, _: &super::Reference) -> bool {
        false
    }
    fn medication(&self, _: &super::Reference) -> Option<healthcare_domain::code::CodeableConcept> {
        None
    }
}

#[test]
fn the_record_of_one_patient_names_no_other() {
    let reading = Reading { references: &OfOne, now: now() };
    let own = json!({ "reference": "Patient/1", "display": "Ana Lind" });
    let other = json!({ "reference": "Patient/2", "display": "Eva Moss" });
    let patient = json!({ "resourceType": "Patient", "id": "1", "name": [{ "family": "Lind" }],
        "link": [{ "other": other, "type": "seealso" }] });
    let raw = patient.to_string();
    let Taken::Understood(said) = super::read("Patient", &raw, &reading).unwrap() else { panic!("a patient") };
    let kept = beside::of(&raw, &said, None, &reading).unwrap().unwrap();
    assert_eq!(kept.told, [("link".to_owned(), r#"[{"other":{"type":"Patient"},"type":"seealso"}]"#.to_owned())]);
    let procedure = json!({ "resourceType": "Procedure", "id": "1", "status": "completed", "subject": own,
        "code": { "text": "Transplant" }, "performer": [{ "actor": other }], "recorder": other });
    let Taken::Understood(Said::Procedure(said)) = super::read("Procedure", &procedure.to_string(), &reading).unwrap()
    else {
        panic!("a procedure")
    };
    assert_eq!(said.steps[0].0.performers, []);
    let claim = json!({ "resourceType": "Task", "id": "1", "status": "requested", "intent": "order", "for": own,
        "focus": other, "input": [{ "type": { "text": "donor" }, "valueReference": other }] });
    let Taken::Whole(Said::ExternalRecord(said)) = super::read("Task", &claim.to_string(), &reading).unwrap() else {
        panic!("kept")
    };
    let kept = &said.steps[0].0.resource;
    assert!(!kept.to_string().contains("Moss") && !kept.to_string().contains("Patient/2"), "{kept:#}");
    assert_eq!((&kept["for"], &kept["focus"]), (&own, &json!({ "type": "Patient" })));
    // One that was kept before this was so goes out without it, too.
    let content =
        healthcare_domain::entry::ExternalRecord { resource_type: "Task".into(), resource: claim, beside: None };
    let of = write::Of {
        id: uuid::Uuid::from_u128(5),
        patient: Some(healthcare_domain::id::PatientId(uuid::Uuid::from_u128(6))),
        known_at: None,
        changed_at: now(),
    };
    let recorded = AnyState::ExternalRecord(healthcare_domain::entry::Entry::Recorded(content.clone()));
    let [written] = write::resources(&recorded, &of).try_into().unwrap();
    let written: Value = serde_json::from_str(written.to_raw().get()).unwrap();
    assert_eq!((&written["for"], &written["focus"]), (&own, &json!({ "type": "Patient" })));
    let struck = AnyState::ExternalRecord(healthcare_domain::entry::Entry::EnteredInError(content));
    assert!(write::resources(&struck, &of).is_empty(), "what became an entry goes out as that");
}

#[test]
fn a_visit_of_which_nobody_knows_when_began_at_no_time() {
    let mut visit = json!({ "resourceType": "Encounter", "id": "1", "status": "in-progress", "class": { "code": "IMP" },
        "subject": { "reference": "Patient/1" }, "meta": { "lastUpdated": "2024-05-03T08:00:00Z" } });
    assert!(is_kept_whole(&visit));
    visit["period"] = json!({ "start": "2024-05-02T08:00:00Z" });
    let Said::Encounter(begun) = said(&visit) else { panic!("a visit") };
    assert!(matches!(begun.first, EncounterEvent::PatientAdmitted { .. }));
    visit["status"] = json!("unknown");
    assert!(is_kept_whole(&visit), "nobody knows that it is over");
    visit["period"]["end"] = json!("2024-05-04T08:00:00Z");
    assert_eq!(out(&visit, |state| state)["status"], "unknown", "and that it is finished is not said outside");
}

#[test]
fn who_died_long_ago_is_taken() {
    let pasteur = json!({ "resourceType": "Patient", "id": "1", "name": [{ "family": "Pasteur" }],
        "birthDate": "1822-12-27", "deceasedDateTime": "1895-09-28" });
    let (events, state) = fresh(&said(&pasteur));
    assert_eq!(events.len(), 1);
    let AnyState::Patient(Patient::Registered { demographics, .. }) = state else { panic!("a patient") };
    assert!(demographics.deceased.is_some());
}
