use chrono::DateTime;
use healthcare_application::cds_hooks::{Hook, Part};
use healthcare_dss::AllergyKnowledge;
use serde_json::{Value, json};

use super::*;

const INSTANCE: &str = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea";

fn order(id: &str) -> Value {
    json!({
        "resourceType": "MedicationRequest", "id": id, "status": "draft", "intent": "order",
        "medicationCodeableConcept": { "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1049621",
            "display": "Oxycodone Hydrochloride 5 MG Oral Tablet" }] },
        "subject": { "reference": "Patient/1288992" },
    })
}

fn bundle(resources: &[Value]) -> Value {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "entry": entries })
}

fn call(hook: Hook) -> Value {
    let mut context = json!({ "userId": "Practitioner/123", "patientId": "1288992", "encounterId": "89284" });
    match hook {
        Hook::OrderSelect => {
            context["selections"] = json!(["MedicationRequest/a"]);
            context["draftOrders"] = bundle(&[order("a"), order("b")]);
        }
        Hook::OrderSign => context["draftOrders"] = bundle(&[order("a"), order("b")]),
        Hook::AllergyIntoleranceCreate => {
            context["allergyIntolerance"] = json!({ "resourceType": "AllergyIntolerance", "code": { "text": "Penicillin" },
                "patient": { "reference": "Patient/1288992" } });
        }
        Hook::ProblemListItemCreate => {
            context["conditions"] =
                bundle(&[json!({ "resourceType": "Condition", "code": { "text": "Fracture of ankle" },
                "subject": { "reference": "Patient/1288992" } })]);
        }
        Hook::PatientView | Hook::EncounterStart | Hook::EncounterDischarge => {}
    }
    json!({ "hook": hook.name(), "hookInstance": INSTANCE, "context": context })
}

fn read_as(hook: Hook, body: &Value) -> Result<Request, Malformed> {
    super::read(hook, body.to_string().as_bytes(), DateTime::UNIX_EPOCH)
}

fn refused(hook: Hook, body: &Value) -> String {
    read_as(hook, body).unwrap_err().pointer
}

#[test]
fn every_hook_is_read_with_what_it_requires_and_without_anything_more() {
    for hook in Hook::ALL {
        let read = read_as(hook, &call(hook)).unwrap();
        assert_eq!(read.ask.patient, "1288992");
        assert_eq!(read.ask.given.missing(), Part::ALL, "nothing was sent");
        for field in ["userId", "patientId", "draftOrders", "selections", "allergyIntolerance", "conditions"] {
            let mut body = call(hook);
            if body["context"].as_object_mut().unwrap().remove(field).is_some() {
                assert_eq!(refused(hook, &body), format!("/context/{field}"), "{hook:?}");
            }
        }
        let mut body = call(hook);
        body["context"].as_object_mut().unwrap().remove("encounterId");
        let needs = matches!(hook, Hook::EncounterStart | Hook::EncounterDischarge);
        assert_eq!(read_as(hook, &body).is_err(), needs, "{hook:?}");
        let mut body = call(hook);
        body["extension"] = json!({ "com.example.timestamp": "2017-11-27T22:13:25Z" });
        body["context"]["com.example.more"] = json!([1]);
        read_as(hook, &body).unwrap();
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let hook = Hook::OrderSign;
    let with = |pointer: &str, value: Value| {
        let mut body = call(hook);
        match pointer.rsplit_once('/') {
            Some((at, field)) => {
                let target = body.pointer_mut(at).unwrap();
                match field.parse::<usize>() {
                    Ok(index) if target.is_array() => target[index] = value,
                    _ => target[field] = value,
                }
            }
            None => body = value,
        }
        refused(hook, &body)
    };
    let resource = "/context/draftOrders/entry/0/resource";
    for (pointer, value, place) in [
        ("", json!([]), ""),
        ("/hook", json!("order-select"), "/hook"),
        ("/hook", json!(1), "/hook"),
        ("/hookInstance", json!("1"), "/hookInstance"),
        ("/hookInstance", json!("d1577c69dfbe44adba6d3e05e953b2ea"), "/hookInstance"),
        ("/context", json!("x"), "/context"),
        ("/context/userId", json!("123"), "/context/userId"),
        ("/context/userId", json!("Device/123"), "/context/userId"),
        ("/context/patientId", json!("a b"), "/context/patientId"),
        ("/context/patientId", json!("../x"), "/context/patientId"),
        ("/context/patientId", json!(1), "/context/patientId"),
        ("/context/encounterId", json!(""), "/context/encounterId"),
        ("/context/draftOrders", json!([]), "/context/draftOrders"),
        ("/context/draftOrders/resourceType", json!("List"), "/context/draftOrders/resourceType"),
        ("/context/draftOrders/entry", json!({}), "/context/draftOrders/entry"),
        ("/fhirServer", json!("ehr"), "/fhirServer"),
        ("/fhirServer", json!("file:///etc/passwd"), "/fhirServer"),
        ("/prefetch", json!([]), "/prefetch"),
        ("/prefetch", json!({ "a": "123" }), "/prefetch/a"),
        ("/prefetch", json!({ "a/b": { "resourceType": "Nothing" } }), "/prefetch/a~1b/resourceType"),
        (
            "/context/draftOrders/entry/0/resource/resourceType",
            json!("MedicationOrder"),
            &format!("{resource}/resourceType"),
        ),
        ("/context/draftOrders/entry/0/resource/status", json!("drafted"), &format!("{resource}/status")),
        (
            "/context/draftOrders/entry/0/resource/subject",
            json!({ "reference": "Patient/2" }),
            &format!("{resource}/subject/reference"),
        ),
        (
            "/context/draftOrders/entry/0/resource/dosageInstruction",
            json!([{ "timing": 1 }]),
            &format!("{resource}/dosageInstruction/0/timing"),
        ),
    ] {
        assert_eq!(with(pointer, value.clone()), place, "{pointer} = {value}");
    }
    let mut body = call(hook);
    body["fhirAuthorization"] =
        json!({ "access_token": "x", "token_type": "Bearer", "expires_in": 300, "scope": "", "subject": "x" });
    assert_eq!(refused(hook, &body), "/fhirServer");
    body["fhirServer"] = json!("https://ehr.example.org/fhir");
    assert!(read_as(hook, &body).unwrap().fhir.unwrap().token.is_some());
    body["fhirAuthorization"]["token_type"] = json!("MAC");
    assert_eq!(refused(hook, &body), "/fhirAuthorization/token_type");
    body["fhirAuthorization"]["expires_in"] = json!("300");
    assert_eq!(refused(hook, &body), "/fhirAuthorization/expires_in");
    assert_eq!(super::read(hook, b"\xff", DateTime::UNIX_EPOCH).unwrap_err().pointer, "");
    assert!(super::read(hook, format!("{} {{}}", call(hook)).as_bytes(), DateTime::UNIX_EPOCH).is_err());
}

#[test]
fn a_selection_is_one_of_the_drafts_and_the_others_are_not_asked_about() {
    let read = read_as(Hook::OrderSelect, &call(Hook::OrderSelect)).unwrap();
    assert_eq!(read.ask.drafts.iter().map(|draft| draft.asked).collect::<Vec<_>>(), [true, false]);
    let mut body = call(Hook::OrderSelect);
    body["context"]["selections"] = json!(["MedicationRequest/a", "MedicationRequest/c"]);
    assert_eq!(refused(Hook::OrderSelect, &body), "/context/selections/1");
    let signed = read_as(Hook::OrderSign, &call(Hook::OrderSign)).unwrap();
    assert!(signed.ask.drafts.iter().all(|draft| draft.asked));
}

#[test]
fn an_allergy_comes_bare_wrapped_or_in_a_bundle() {
    let hook = Hook::AllergyIntoleranceCreate;
    let bare = call(hook)["context"]["allergyIntolerance"].clone();
    for form in [bare.clone(), json!({ "resource": bare }), bundle(std::slice::from_ref(&bare))] {
        let mut body = call(hook);
        body["context"]["allergyIntolerance"] = form;
        assert_eq!(read_as(hook, &body).unwrap().ask.new_allergies.len(), 1);
    }
    let mut body = call(hook);
    body["context"]["allergyIntolerance"]["clinicalStatus"] = json!("active");
    assert_eq!(refused(hook, &body), "/context/allergyIntolerance/clinicalStatus");
    body["context"]["allergyIntolerance"] = order("a");
    assert_eq!(refused(hook, &body), "/context/allergyIntolerance/resourceType");
}

#[test]
fn null_is_nothing_of_it_and_what_is_not_there_or_failed_is_missing() {
    let given = |prefetch: Value| {
        let mut body = call(Hook::OrderSign);
        body["prefetch"] = prefetch;
        read_as(Hook::OrderSign, &body).unwrap().ask.given
    };
    let some = given(json!({ "medications": null, "allergies": { "resourceType": "OperationOutcome", "issue": [] } }));
    assert_eq!(some.medications, Some(vec![]));
    assert_eq!(some.missing(), [Part::Patient, Part::Allergies, Part::Conditions, Part::Laboratory, Part::Vitals]);
    // By its own keys, wrapped as an entry of a Bundle is.
    let patient = json!({ "resourceType": "Patient", "id": "1288992", "gender": "female", "birthDate": "1960-03-01" });
    let own = given(json!({ "item1": { "response": { "status": "200 OK" }, "resource": patient }, "item2": null }));
    assert_eq!(own.missing(), []);
    assert_eq!(own.patient.unwrap().age_years, Some(9));
    assert_eq!(own.allergies, Some(AllergyKnowledge::NotAsked));
    let failed = given(json!({ "item1": { "response": { "status": "404 Not Found" } } }));
    assert_eq!(failed.missing(), Part::ALL);
    let cut = json!({ "resourceType": "Bundle", "link": [{ "relation": "next", "url": "x" }], "entry": [] });
    assert_eq!(given(json!({ "medications": cut })).cut, [Part::Medications]);
}

#[test]
fn what_was_stopped_is_not_taken_and_what_denies_an_allergy_is_none() {
    let mut stopped = order("s");
    stopped["status"] = json!("stopped");
    let mut active = order("t");
    active["status"] = json!("active");
    let none = json!({ "resourceType": "AllergyIntolerance", "patient": { "reference": "Patient/1288992" },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "716186003" }] } });
    let mut body = call(Hook::OrderSign);
    body["prefetch"] = json!({ "medications": bundle(&[stopped, active]), "allergies": bundle(&[none]) });
    let given = read_as(Hook::OrderSign, &body).unwrap().ask.given;
    assert_eq!(given.medications.unwrap().len(), 1);
    assert!(matches!(given.allergies, Some(AllergyKnowledge::NoneKnown { .. })));
}

#[test]
fn what_a_modifier_changes_is_not_taken_and_is_told() {
    let modified = |mut resource: Value| {
        resource["modifierExtension"] = json!([{ "url": "urn:not", "valueBoolean": true }]);
        resource
    };
    let mut body = call(Hook::OrderSign);
    body["context"]["draftOrders"] = bundle(&[modified(order("a")), order("b")]);
    let mut active = order("t");
    active["status"] = json!("active");
    let penicillin = json!({ "resourceType": "AllergyIntolerance", "id": "p", "code": { "text": "Penicillin" },
        "patient": { "reference": "Patient/1288992" } });
    body["prefetch"] =
        json!({ "medications": bundle(&[modified(active)]), "allergies": bundle(&[modified(penicillin)]) });
    let ask = read_as(Hook::OrderSign, &body).unwrap().ask;
    assert_eq!(ask.drafts.len(), 1);
    assert_eq!((ask.given.medications, ask.given.allergies), (Some(vec![]), Some(AllergyKnowledge::NotAsked)));
    let mut told = ask.given.modified;
    told.sort();
    assert_eq!(told, ["AllergyIntolerance/p", "MedicationRequest/a", "MedicationRequest/t"]);
    for (hook, place) in [
        (Hook::AllergyIntoleranceCreate, "/context/allergyIntolerance"),
        (Hook::ProblemListItemCreate, "/context/conditions/entry/0/resource"),
    ] {
        let mut body = call(hook);
        *body.pointer_mut(place).unwrap() = modified(body.pointer(place).unwrap().clone());
        let ask = read_as(hook, &body).unwrap().ask;
        assert!(ask.new_allergies.is_empty() && ask.new_conditions.is_empty());
        assert!(ask.given.modified.len() == 1 && ask.asks_something(), "{hook:?}");
    }
}

#[test]
fn what_breaks_the_definition_of_fhir_is_told_with_its_place() {
    let hook = Hook::OrderSign;
    let resource = "/context/draftOrders/entry/0/resource";
    let dosage = |value: Value| json!([value]);
    for (field, value, place) in [
        ("medicationReference", json!({ "reference": "Medication/1" }), "medicationReference"),
        (
            "dosageInstruction",
            dosage(json!({ "asNeededBoolean": true, "asNeededCodeableConcept": { "text": "pain" } })),
            "dosageInstruction/0/asNeededCodeableConcept",
        ),
        (
            "dosageInstruction",
            dosage(json!({ "timing": { "repeat": { "frequency": 0 } } })),
            "dosageInstruction/0/timing/repeat/frequency",
        ),
        (
            "dosageInstruction",
            dosage(json!({ "timing": { "repeat": { "frequency": 1, "period": -1, "periodUnit": "d" } } })),
            "dosageInstruction/0/timing/repeat/period",
        ),
        ("encounter", Value::Null, "encounter"),
        ("note", json!([]), "note"),
        ("substitution", json!({}), "substitution"),
        ("reasonReference", json!([{ "reference": "#none" }]), "reasonReference/0/reference"),
        ("subject", json!({ "reference": "Group/1" }), "subject/reference"),
    ] {
        let mut body = call(hook);
        body.pointer_mut(resource).unwrap()[field] = value;
        assert_eq!(refused(hook, &body), format!("{resource}/{place}"));
    }
    let mut body = call(hook);
    body.pointer_mut(resource).unwrap().as_object_mut().unwrap().remove("subject");
    assert_eq!(refused(hook, &body), format!("{resource}/subject"));
    let mut body = call(hook);
    body["context"]["draftOrders"]["entry"][1] = json!({ "fullUrl": "urn:uuid:d1577c69-dfbe-44ad-ba6d-3e05e953b2ea" });
    assert_eq!(refused(hook, &body), "/context/draftOrders/entry/1/resource");
    let mut body = call(hook);
    body["context"]["draftOrders"]["type"] = json!("search");
    assert_eq!(refused(hook, &body), "/context/draftOrders/type");
}

#[test]
fn what_is_about_nobody_is_not_taken_as_the_patients() {
    let without = |hook: Hook, at: &str, field: &str| {
        let mut body = call(hook);
        body.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(field);
        refused(hook, &body)
    };
    let allergy = "/context/allergyIntolerance";
    assert_eq!(without(Hook::AllergyIntoleranceCreate, allergy, "patient"), format!("{allergy}/patient"));
    let condition = "/context/conditions/entry/0/resource";
    assert_eq!(without(Hook::ProblemListItemCreate, condition, "subject"), format!("{condition}/subject"));
    for (key, resource, field) in [
        ("conditions", json!({ "resourceType": "Condition", "code": { "text": "Gout" } }), "subject"),
        ("allergies", json!({ "resourceType": "AllergyIntolerance", "code": { "text": "Penicillin" } }), "patient"),
        (
            "item1",
            json!({ "resourceType": "MedicationStatement", "status": "active",
            "medicationCodeableConcept": { "text": "Warfarin" } }),
            "subject",
        ),
    ] {
        let mut body = call(Hook::PatientView);
        body["prefetch"] = json!({ key: bundle(&[resource]) });
        assert_eq!(refused(Hook::PatientView, &body), format!("/prefetch/{key}/entry/0/resource/{field}"));
    }
    // Nobody has to be named by an Observation.
    let mut body = call(Hook::PatientView);
    let result = json!({ "resourceType": "Observation", "status": "final", "code": { "text": "Potassium" } });
    body["prefetch"] =
        json!({ "laboratory": bundle(&[result]), "conditions": { "resourceType": "Bundle", "entry": [] } });
    assert_eq!(read_as(Hook::PatientView, &body).unwrap().ask.given.conditions, Some(vec![]));
}
