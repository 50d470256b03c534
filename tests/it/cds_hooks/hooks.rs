use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    PATIENT, bundle, call, cards, dosed, ketorolac, of_rule, open_app, order, prefetch, request, signing, warfarin,
};

#[tokio::test]
async fn a_draft_is_judged_against_what_is_taken_and_against_the_other_drafts() {
    let app = open_app().await;
    let against_taken =
        cards(call(&app, "order-sign", &signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")])).await);
    let [card] = of_rule(&against_taken, "drug-interaction")[..] else { panic!("{against_taken:#?}") };
    assert!(card["suggestions"].as_array().expect("suggestions").iter().any(|one| {
        one["actions"][0]["type"] == "delete" && one["actions"][0]["resourceId"] == "MedicationRequest/k"
    }));
    assert!(card["overrideReasons"].as_array().is_some_and(|all| !all.is_empty()), "{card:#}");
    let drafts = [ketorolac("k", "draft"), warfarin("w", "draft")];
    let against_each_other = cards(call(&app, "order-sign", &signing(&drafts, &[])).await);
    assert_eq!(of_rule(&against_each_other, "drug-interaction").len(), 1);
    // A stopped order is not taken.
    let stopped =
        cards(call(&app, "order-sign", &signing(&[ketorolac("k", "draft")], &[warfarin("w", "stopped")])).await);
    assert!(of_rule(&stopped, "drug-interaction").is_empty());
    // Nothing of it is in our record.
    assert_eq!(app.clinical_events().await, 0);
    assert_eq!(app.count("read.patient").await, 0);
}

#[tokio::test]
async fn nothing_to_say_is_no_card() {
    let app = open_app().await;
    let loratadine = dosed(order("a", "draft", "311372", "Loratadine 10 MG Oral Tablet"), 1.0, "{tablet}", 1, 1.0);
    let answer = call(&app, "order-sign", &signing(&[loratadine], &[])).await.expect(200);
    assert_eq!(answer.body, json!({ "cards": [] }));
    // What is no drug is not judged, and needs nothing.
    let scan = json!({ "resourceType": "ServiceRequest", "id": "s", "status": "draft", "intent": "plan",
        "subject": { "reference": format!("Patient/{PATIENT}") }, "code": { "text": "MRA Knee Vessels Right" } });
    let select = request("order-select", json!({ "selections": ["ServiceRequest/s"], "draftOrders": bundle(&[scan]) }));
    assert_eq!(call(&app, "order-select", &select).await.expect(200).body, json!({ "cards": [] }));
}

#[tokio::test]
async fn of_drafts_those_that_are_selected_are_judged() {
    let app = open_app().await;
    let drafts = bundle(&[ketorolac("k", "draft"), order("z", "draft", "0", "Zzyzx 5 MG Oral Tablet")]);
    let select = |selected: &str| {
        let mut body = request("order-select", json!({ "selections": [selected], "draftOrders": drafts }));
        body["prefetch"] = prefetch(&[warfarin("w", "active")]);
        body
    };
    let first = cards(call(&app, "order-select", &select("MedicationRequest/k")).await);
    assert_eq!(of_rule(&first, "drug-interaction").len(), 1, "{first:#?}");
    let second = cards(call(&app, "order-select", &select("MedicationRequest/z")).await);
    assert!(of_rule(&second, "drug-interaction").is_empty(), "the other draft is not asked about: {second:#?}");
    assert_eq!(of_rule(&second, "drug-not-checked").len(), 1, "{second:#?}");
    let refused = call(&app, "order-select", &select("MedicationRequest/x")).await;
    refused.expect_problem(400, "/problems/cds-hooks/malformed", &["/context/selections/0"]);
}

#[tokio::test]
async fn a_record_is_judged_when_it_is_opened_and_when_a_visit_begins_or_ends() {
    let app = open_app().await;
    let potassium = json!({
        "resourceType": "Observation", "id": "k", "status": "final", "subject": { "reference": format!("Patient/{PATIENT}") },
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2823-3", "display": "Potassium" }] },
        "effectiveDateTime": now(), "valueQuantity": { "value": 7.1, "unit": "mmol/L", "code": "mmol/L", "system": "http://unitsofmeasure.org" },
    });
    for hook in ["patient-view", "encounter-start", "encounter-discharge"] {
        let mut body = request(hook, json!({}));
        body["prefetch"] = prefetch(&[ketorolac("k", "active"), warfarin("w", "active")]);
        body["prefetch"]["laboratory"] = bundle(std::slice::from_ref(&potassium));
        let all = cards(call(&app, hook, &body).await);
        assert_eq!(of_rule(&all, "drug-interaction").len(), 1, "{hook}: {all:#?}");
        let critical = of_rule(&all, "critical-potassium-high");
        assert_eq!(critical[0]["indicator"], "critical", "{hook}: {all:#?}");
    }
}

fn now() -> String {
    chrono::DateTime::from_timestamp(super::seconds() - 60, 0).expect("a time").to_rfc3339()
}

#[tokio::test]
async fn a_new_allergy_and_a_new_problem_are_judged_against_what_is_taken() {
    let app = open_app().await;
    let amoxicillin = order("a", "active", "308191", "Amoxicillin 500 MG Oral Capsule");
    let penicillin = json!({
        "resourceType": "AllergyIntolerance", "id": "p", "patient": { "reference": format!("Patient/{PATIENT}") },
        "clinicalStatus": { "coding": [{ "code": "active" }] }, "category": ["medication"], "criticality": "high",
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "91936005", "display": "Allergy to penicillin" }] },
    });
    let mut allergy = request("allergyintolerance-create", json!({ "allergyIntolerance": penicillin }));
    allergy["prefetch"] = prefetch(&[amoxicillin, warfarin("w", "active"), ketorolac("k", "active")]);
    let all = cards(call(&app, "allergyintolerance-create", &allergy).await);
    assert_eq!(of_rule(&all, "allergy-conflict").len(), 1, "{all:#?}");
    assert!(of_rule(&all, "drug-interaction").is_empty(), "what was there before is not this allergy's");

    let failure = json!({
        "resourceType": "Condition", "id": "c", "subject": { "reference": format!("Patient/{PATIENT}") },
        "clinicalStatus": { "coding": [{ "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "13200003", "display": "Peptic ulcer" }] },
    });
    let mut problem = request("problem-list-item-create", json!({ "conditions": bundle(&[failure]) }));
    problem["prefetch"] = prefetch(&[ketorolac("k", "active")]);
    let all = cards(call(&app, "problem-list-item-create", &problem).await);
    assert_eq!(of_rule(&all, "contraindication").len(), 1, "{all:#?}");
    problem["prefetch"] = prefetch(&[]);
    assert!(of_rule(&cards(call(&app, "problem-list-item-create", &problem).await), "contraindication").is_empty());
}

#[tokio::test]
async fn what_is_missing_is_said_and_without_the_medications_nothing_is_judged() {
    let app = open_app().await;
    let draft = [ketorolac("k", "draft")];
    let mut body = signing(&draft, &[]);
    body.as_object_mut().expect("an object").remove("prefetch");
    let all = ["patient", "medications", "allergies", "conditions", "laboratory", "vitals"]
        .map(|part| format!("/prefetch/{part}"));
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    call(&app, "order-sign", &body).await.expect_problem(412, "/problems/cds-hooks/lacking", &all);
    body["prefetch"] = json!({});
    call(&app, "order-sign", &body).await.expect(412);
    // It cannot be had: that is not the same as that there are none.
    body["prefetch"] = prefetch(&[]);
    body["prefetch"]["medications"] =
        json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": "timeout" }] });
    call(&app, "order-sign", &body).await.expect_problem(
        412,
        "/problems/cds-hooks/lacking",
        &["/prefetch/medications"],
    );
    // The rest is not needed, and what was not looked at is said.
    body["prefetch"] = prefetch(&[]);
    body["prefetch"].as_object_mut().expect("an object").remove("conditions");
    let told = cards(call(&app, "order-sign", &body).await);
    let [card] = of_rule(&told, "(not-given)")[..] else { panic!("{told:#?}") };
    assert!(card["detail"].as_str().is_some_and(|text| text.contains("conditions")), "{card:#}");
    // Null is nothing of it.
    body["prefetch"] = prefetch(&[]);
    body["prefetch"]["medications"] = Value::Null;
    assert!(of_rule(&cards(call(&app, "order-sign", &body).await), "(not-given)").is_empty());
}

/// SECURITY 29: a request is what the standards say, or it is refused with the place; what was sent is not repeated.
#[tokio::test]
async fn what_is_malformed_is_refused_with_its_place_and_not_repeated() {
    let app = open_app().await;
    let whole = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    for (pointer, value, place) in [
        ("/hook", json!("order-select"), "/hook"),
        ("/hookInstance", json!("Ferreira"), "/hookInstance"),
        ("/context/userId", json!("Ferreira"), "/context/userId"),
        ("/context/patientId", json!("Ferreira Ana"), "/context/patientId"),
        (
            "/context/draftOrders/entry/0/resource/status",
            json!("Ferreira"),
            "/context/draftOrders/entry/0/resource/status",
        ),
        (
            "/context/draftOrders/entry/0/resource/dosageInstruction",
            json!("Ferreira"),
            "/context/draftOrders/entry/0/resource/dosageInstruction",
        ),
        ("/prefetch/patient/birthDate", json!("Ferreira"), "/prefetch/patient/birthDate"),
        ("/prefetch/patient/id", json!("2"), "/prefetch/patient/id"),
        (
            "/prefetch/medications/entry/0/resource/subject/reference",
            json!("Patient/2"),
            "/prefetch/medications/entry/0/resource/subject/reference",
        ),
        ("/prefetch/allergies", json!("Ferreira"), "/prefetch/allergies"),
    ] {
        let mut body = whole.clone();
        let (at, field) = pointer.rsplit_once('/').expect("a pointer");
        body.pointer_mut(at).expect("a place")[field] = value;
        let refused =
            call(&app, "order-sign", &body).await.expect_problem(400, "/problems/cds-hooks/malformed", &[place]);
        assert!(!refused.body.to_string().contains("Ferreira"), "{}", refused.body);
    }
    let asks = |body: &'static str| app.anonymous(Method::POST, "/cds-services/order-sign").body(body).answer();
    asks("").await.expect(400);
    asks("{").await.expect(400);
    asks("[]").await.expect(400);
    asks("{\"hook\":\"order-sign\",\"hook\":\"order-sign\"}").await.expect(400);
    let deep = "[".repeat(200);
    let deep = app.anonymous(Method::POST, "/cds-services/order-sign").body(deep).answer().await;
    deep.expect_problem(400, "/problems/request/depth", &[]);
    let large = app.anonymous(Method::POST, "/cds-services/order-sign").body(" ".repeat(3 << 20)).answer().await;
    large.expect_problem(413, "/problems/request/body", &[]);
}

#[tokio::test]
async fn extensions_and_what_the_standard_does_not_know_are_let_be() {
    let app = open_app().await;
    let mut body = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    body["applyCql"] = json!(true);
    body["extension"] = json!({ "com.example.timestamp": "2017-11-27T22:13:25Z" });
    body["fhirServer"] = json!("http://hooks.smarthealthit.org:9080");
    body["fhirAuthorization"] = json!({ "access_token": "some-opaque-fhir-access-token", "token_type": "Bearer",
        "expires_in": 300, "scope": "user/Patient.read", "subject": "cds-service4" });
    body["context"]["draftOrders"]["entry"][0]["resource"]["extension"] = json!([{ "url": "x", "valueString": "y" }]);
    assert_eq!(of_rule(&cards(call(&app, "order-sign", &body).await), "drug-interaction").len(), 1);
}

/// SECURITY 27: who shows nothing is not answered, unless the house says so.
#[tokio::test]
async fn clients_say_who_they_are_by_default() {
    let app = spawn_app().await;
    let body = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    call(&app, "order-sign", &body).await.expect_problem(401, "/problems/cds-hooks/client", &[]);
    // Nor is who is signed in to the rest: the tokens are others.
    let doctor = app.token(healthcare_application::Role::Doctor).await;
    super::call_as(&app, &doctor, "order-sign", &body).await.expect_problem(401, "/problems/cds-hooks/client", &[]);
    let open = open_app().await;
    let doctor = open.token(healthcare_application::Role::Doctor).await;
    super::call_as(&open, &doctor, "order-sign", &body).await.expect_problem(401, "/problems/cds-hooks/client", &[]);
}
