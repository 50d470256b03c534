//! FHIR that breaks its own definition is refused with the place, in the context and in what is sent along.

use serde_json::{Value, json};

use super::{PATIENT, bundle, call, dosed, ketorolac, open_app, prefetch, request, signing, warfarin};

const MALFORMED: &str = "/problems/cds-hooks/malformed";

/// A whole request, with a result and a problem.
fn whole() -> Value {
    let subject = json!({ "reference": format!("Patient/{PATIENT}") });
    let mut body = signing(
        &[dosed(ketorolac("k", "draft"), 1.0, "{tablet}", 4, 1.0)],
        &[dosed(warfarin("w", "active"), 1.0, "{tablet}", 1, 1.0)],
    );
    body["prefetch"]["laboratory"] = bundle(&[json!({
        "resourceType": "Observation", "id": "o", "status": "final", "subject": subject,
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2823-3" }] }, "effectiveDateTime": "2026-11-22T08:00:00Z",
        "valueQuantity": { "value": 4.1, "unit": "mmol/L" },
    })]);
    body["prefetch"]["conditions"] =
        bundle(&[json!({ "resourceType": "Condition", "id": "c", "subject": subject, "code": { "text": "Gout" } })]);
    body
}

/// What is put where, and which place is told.
#[tokio::test]
async fn what_breaks_the_definition_of_fhir_is_refused_with_its_place() {
    let app = open_app().await;
    call(&app, "order-sign", &whole()).await.expect(200);
    let draft = "/context/draftOrders/entry/0/resource";
    let dosage = "/context/draftOrders/entry/0/resource/dosageInstruction/0";
    let repeat = "/context/draftOrders/entry/0/resource/dosageInstruction/0/timing/repeat";
    let taken = "/prefetch/medications/entry/0/resource";
    let result = "/prefetch/laboratory/entry/0/resource";
    let problem = "/prefetch/conditions/entry/0/resource";
    let pain = json!({ "text": "pain" });
    for (at, more, place) in [
        (draft, json!({ "medicationReference": { "reference": "Medication/1" } }), "/medicationReference"),
        (taken, json!({ "medicationReference": { "reference": "Medication/1" } }), "/medicationReference"),
        (dosage, json!({ "asNeededBoolean": true, "asNeededCodeableConcept": pain }), "/asNeededCodeableConcept"),
        (
            &format!("{dosage}/doseAndRate/0"),
            json!({ "doseRange": { "low": { "value": 1, "unit": "mg" } } }),
            "/doseRange",
        ),
        (result, json!({ "valueString": "4.1" }), "/valueString"),
        (problem, json!({ "onsetDateTime": "2020", "onsetString": "long ago" }), "/onsetString"),
        ("/prefetch/patient", json!({ "deceasedBoolean": false, "deceasedDateTime": "2020" }), "/deceasedDateTime"),
        (repeat, json!({ "frequency": 0 }), "/frequency"),
        (repeat, json!({ "period": 0 }), "/period"),
        (repeat, json!({ "period": -1 }), "/period"),
        (repeat, json!({ "duration": -1, "durationUnit": "h" }), "/duration"),
        (draft, json!({ "encounter": null }), "/encounter"),
        (&format!("{draft}/medicationCodeableConcept"), json!({ "coding": [] }), "/coding"),
        (draft, json!({ "substitution": {} }), "/substitution"),
        (problem, json!({ "note": [null] }), "/note/0"),
        ("/context/draftOrders", json!({ "type": "search" }), "/type"),
        ("/prefetch/medications", json!({ "type": "search" }), "/type"),
        (
            "/context/draftOrders",
            json!({ "entry": [{ "fullUrl": "urn:uuid:d1577c69-dfbe-44ad-ba6d-3e05e953b2ea" }] }),
            "/entry/0/resource",
        ),
        (draft, json!({ "reasonReference": [{ "reference": "#gout" }] }), "/reasonReference/0/reference"),
        (draft, json!({ "subject": { "display": "the patient" } }), "/subject"),
        (draft, json!({ "subject": { "reference": "Group/1" } }), "/subject/reference"),
    ] {
        let mut body = whole();
        let target = body.pointer_mut(at).and_then(Value::as_object_mut).expect("an object");
        target.extend(more.as_object().expect("an object").clone());
        call(&app, "order-sign", &body).await.expect_problem(400, MALFORMED, &[&format!("{at}{place}")]);
    }
}

/// Nobody else's allergy or problem counts as the patient's, and no one's does.
#[tokio::test]
async fn what_is_about_nobody_is_refused_with_the_place() {
    let app = open_app().await;
    let allergy = json!({ "resourceType": "AllergyIntolerance", "code": { "text": "Penicillin" } });
    let problem = json!({ "resourceType": "Condition", "code": { "text": "Peptic ulcer" } });
    let with = |mut body: Value| {
        body["prefetch"] = prefetch(&[warfarin("w", "active")]);
        body
    };
    let created = with(request("allergyintolerance-create", json!({ "allergyIntolerance": allergy })));
    let refused = call(&app, "allergyintolerance-create", &created).await;
    refused.expect_problem(400, MALFORMED, &["/context/allergyIntolerance/patient"]);
    let created =
        with(request("problem-list-item-create", json!({ "conditions": bundle(std::slice::from_ref(&problem)) })));
    let refused = call(&app, "problem-list-item-create", &created).await;
    refused.expect_problem(400, MALFORMED, &["/context/conditions/entry/0/resource/subject"]);
    for (key, resource, field) in [("allergies", allergy, "patient"), ("conditions", problem, "subject")] {
        let mut body = whole();
        body["prefetch"][key] = bundle(&[resource]);
        let place = format!("/prefetch/{key}/entry/0/resource/{field}");
        call(&app, "order-sign", &body).await.expect_problem(400, MALFORMED, &[&place]);
    }
    // An Observation need not name anybody (FHIR R4, 0..1).
    let mut body = whole();
    let result = body.pointer_mut("/prefetch/laboratory/entry/0/resource").and_then(Value::as_object_mut);
    result.expect("an object").remove("subject");
    call(&app, "order-sign", &body).await.expect(200);
}
