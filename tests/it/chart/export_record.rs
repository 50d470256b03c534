use std::collections::BTreeMap;

use healthcare_application::Role;
use healthcare_domain::id::PatientId;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::charted;
use crate::{
    plan,
    scheduling::{Clinic, in_hours},
};

fn resources(bundle: &Value) -> Vec<Value> {
    bundle["entry"].as_array().expect("entries").iter().map(|entry| entry["resource"].clone()).collect()
}

async fn export(app: &TestApp, patient: &str) -> Value {
    let answer = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/export")).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/fhir+json"));
    answer.body
}

/// How many there are of each type.
fn census(bundle: &Value) -> BTreeMap<String, usize> {
    resources(bundle).iter().fold(BTreeMap::new(), |mut census, one| {
        *census.entry(one["resourceType"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        census
    })
}

#[tokio::test]
async fn a_record_leaves_as_a_bundle_of_all_that_was_charted() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let bundle = export(&app, &patient).await;
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&json!("Bundle"), &json!("collection")));
    let all = resources(&bundle);
    let of = |kind: &str| -> Vec<&Value> { all.iter().filter(|one| one["resourceType"] == kind).collect() };
    assert_eq!(of("Patient")[0]["name"][0]["family"], "Ferreira");
    assert_eq!(of("Condition").len(), 2);
    assert_eq!(of("MedicationRequest")[0]["status"], "active");
    let potassium = of("Observation").into_iter().find(|one| one["category"][0]["coding"][0]["code"] == "laboratory");
    assert_eq!(potassium.expect("the result")["valueQuantity"]["code"], "mmol/L");
    let panel = of("Observation").into_iter().find(|one| one["code"]["coding"][0]["code"] == "85353-1");
    assert_eq!(panel.expect("the set")["hasMember"].as_array().map(Vec::len), Some(7));
    // Each is whose it is, under a name of its own.
    let names: Vec<&Value> =
        bundle["entry"].as_array().expect("entries").iter().map(|entry| &entry["fullUrl"]).collect();
    let mut different = names.clone();
    different.sort_by_key(|name| name.to_string());
    different.dedup();
    assert_eq!(different.len(), names.len());
    let whose = json!({ "reference": format!("urn:uuid:{patient}") });
    assert!(of("Condition").iter().all(|one| one["subject"] == whose));
    let digits = app.request(Role::Doctor, Method::GET, &format!("/api/v1/patients/{patient}/export")).await;
    let text = digits.send().await.expect("an answer").text().await.expect("text");
    assert!(text.contains("\"value\":4.10,"), "a result keeps its digits");
}

/// SECURITY 26: what leaves the house asks for the second factor again; a patient takes their own record without.
#[tokio::test]
async fn a_second_factor_is_shown_before_a_record_leaves() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let path = format!("/api/v1/patients/{patient}/export");
    let (account, _) = app.hire("dr-weak", Role::Doctor, &["*"]).await;
    let weak = app.sign_in_weakly(account).await;
    let ask = async |token: String| app.anonymous(Method::GET, &path).bearer_auth(token).answer().await;
    ask(weak).await.expect_problem(403, "/problems/access/step-up-required", &[]);
    let refused = app.count("audit.entry where outcome = 'denied' and reason = 'step-up'").await;
    assert_eq!(refused, 1, "what was denied is recorded");

    let own = app.sign_up("own", Role::Patient, Some(PatientId(patient.parse().expect("an id")))).await;
    ask(own).await.expect(200);
    app.get(Role::Nurse, &path).await.expect_problem(403, "/problems/access/denied", &[]);
    app.get(Role::Receptionist, &path).await.expect_problem(403, "/problems/access/denied", &[]);
}

/// From a file into one house, out of it, into another and out again: the two exports are the same but for the names.
#[tokio::test]
async fn what_one_house_exports_another_takes_in_whole() {
    let (one, other) = (spawn_app().await, spawn_app().await);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fhir/hospital.json");
    let text = tokio::fs::read_to_string(file).await.expect("the fixture");
    let first = import(&one, text).await;
    let exported = export(&one, &first).await;
    let second = import(&other, exported.to_string()).await;
    let again = export(&other, &second).await;
    let types: BTreeMap<String, usize> = census(&exported);
    for kind in ["Condition", "AllergyIntolerance", "MedicationRequest", "Observation", "Encounter", "Practitioner"] {
        assert!(types.contains_key(kind), "no {kind} among {types:?}");
    }
    assert_eq!(nameless(&exported), nameless(&again));
}

/// Out of a house and into it again: all of it is known, whatever it is, and nothing is added or changed.
#[tokio::test]
async fn what_a_house_exports_it_recognises_when_it_comes_back() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let patient = charted(&app).await;
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    let booked = clinic.book(&patient, in_hours(72)).await.expect(201).id();
    let visit = json!({ "class": "ambulatory", "status": "planned", "started_at": in_hours(200) });
    app.post(Role::Receptionist, &of("encounters"), visit).await.expect(201);
    app.post(Role::Doctor, &of("plans"), plan::diabetes()).await.expect(201);
    let wish = clinic.wait(&patient, "soon").await;
    let bundle = export(&app, &patient).await;
    let census = census(&bundle);
    for kind in ["Appointment", "CarePlan", "Goal", "Encounter", "Observation", "MedicationRequest"] {
        assert!(census.contains_key(kind), "no {kind} among {census:?}");
    }
    let waits = resources(&bundle).into_iter().find(|one| one["id"] == json!(wish)).expect("what she waits for");
    assert_eq!((&waits["resourceType"], &waits["status"]), (&json!("Appointment"), &json!("waitlist")));
    let imported_events = "es.event where meta ->> 'source' is not null";
    for source in ["", "?source=elsewhere"] {
        let report = imported(&app, source, &bundle).await;
        assert_eq!(report["refusals"], json!([]), "{source}");
        for (kind, count) in &census {
            let all = json!({ "read": count, "stored": 0, "known": count, "kept": 0, "refused": 0 });
            assert_eq!(report["resources"][kind], all, "{kind} {source}");
        }
    }
    assert_eq!(app.count(imported_events).await, 0, "nothing that came of an import");
    assert_eq!(app.count("read.patient").await, 1);
    // What was changed on the way does not change what stands here.
    let mut changed = bundle.clone();
    for entry in changed["entry"].as_array_mut().expect("entries") {
        if entry["resource"]["resourceType"] == "Appointment" {
            entry["resource"]["status"] = json!("cancelled");
        }
    }
    imported(&app, "", &changed).await;
    assert_eq!(clinic.see(&booked).await["status"], "booked");
    // A result for our patient, by our name for them, is theirs; not where a source is named, which speaks of its own.
    let result = json!({ "resourceType": "Observation", "id": "r-1", "status": "final", "code": { "text": "Lactate" },
        "subject": { "reference": format!("urn:uuid:{patient}") }, "effectiveDateTime": "2026-01-01T08:00:00Z",
        "valueQuantity": { "value": 1.2, "unit": "mmol/L", "code": "mmol/L", "system": "http://unitsofmeasure.org" } });
    let report = imported(&app, "?source=laboratory", &result).await;
    assert_eq!(report["resources"]["Observation"]["refused"], json!(1), "{report:#}");
    let report = imported(&app, "", &result).await;
    assert_eq!(report["resources"]["Observation"]["stored"], json!(1), "{report:#}");
}

/// What uses our UUIDs is ours only if it says the same person, and is a resource of that type.
#[tokio::test]
async fn our_name_for_a_patient_is_not_enough_to_be_them() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let bundle = export(&app, &patient).await;
    let mut stranger = bundle.clone();
    for entry in stranger["entry"].as_array_mut().expect("entries") {
        if entry["resource"]["resourceType"] == "Patient" {
            entry["resource"]["birthDate"] = json!("1999-09-09");
        }
    }
    for source in ["", "?source=elsewhere"] {
        let report = imported(&app, source, &stranger).await;
        assert_eq!(report["resources"]["Patient"]["refused"], json!(1), "{report:#}");
        assert_eq!(report["resources"]["Condition"]["refused"], json!(2), "{report:#}");
    }
    // A diagnosis under the id of a result of ours is a diagnosis all the same.
    let all = resources(&bundle);
    let result = all.iter().find(|one| one["category"][0]["coding"][0]["code"] == "laboratory").expect("a result");
    let condition = json!({ "resourceType": "Condition", "id": result["id"], "code": { "text": "gout" },
        "subject": { "reference": format!("urn:uuid:{patient}") } });
    let report = imported(&app, "", &condition).await;
    assert_eq!(report["resources"]["Condition"]["stored"], json!(1), "{report:#}");
    assert_eq!(app.count("es.event where meta ->> 'source' is not null").await, 1);
}

/// An export of before a merge comes home after it: all of it is known; and a number that the two share makes nobody new.
#[tokio::test]
async fn an_export_of_before_a_merge_is_known_after_it() {
    let app = spawn_app().await;
    let eva = charted(&app).await;
    let number = json!([{ "system": "http://state.example/insurance", "value": "756-7" }]);
    let registered = async |family: &str| {
        let body = json!({ "names": [{ "family": family, "given": ["Ana"] }], "birth_date": "1954-03-02",
            "identifiers": number });
        app.post(Role::Receptionist, "/api/v1/patients", body).await
    };
    let ana = registered("Ferreira-Lind").await.expect(201).id();
    let owner = app.owner().await;
    let versions = async |patient: &str| -> i32 {
        let sql = format!("select max(version) from es.event where stream_id = '{patient}'");
        owner.query_one(&sql, &[]).await.expect("a version").get(0)
    };
    let bundle = export(&app, &eva).await;
    let census = census(&bundle);
    // Both carry the number.
    let share = format!(
        "insert into read.patient_identifier (patient_id, system, value)
         values ('{eva}', 'http://state.example/insurance', '756-7') on conflict do nothing"
    );
    owner.batch_execute(&share).await.expect("a number");
    let merge = json!({ "duplicate": eva, "survivor_version": versions(&ana).await,
        "duplicate_version": versions(&eva).await, "reason": "one passport" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{ana}/merge"), merge).await.expect(200);
    for source in ["", "?source=elsewhere"] {
        let report = imported(&app, source, &bundle).await;
        assert_eq!(report["refusals"], json!([]), "{source}");
        for (kind, count) in &census {
            assert_eq!(report["resources"][kind]["known"], json!(count), "{kind} {source} {report:#}");
        }
    }
    assert_eq!(app.count("es.event where meta ->> 'source' is not null").await, 0);
    let patient = resources(&bundle).into_iter().find(|one| one["resourceType"] == "Patient").expect("her");
    let mut there = patient.clone();
    (there["id"], there["identifier"]) = (json!("9"), number.clone());
    let report = imported(&app, "?source=third", &there).await;
    assert_eq!(report["resources"]["Patient"]["known"], json!(1), "{report:#}");
    assert_eq!(app.count("read.patient").await, 2);
}

/// Who is registered here is met by their number, if they are beyond doubt the same person, and not registered again.
#[tokio::test]
async fn a_patient_of_the_house_is_met_by_their_number() {
    let app = spawn_app().await;
    let numbers = json!([{ "system": "http://state.example/insurance", "value": "756-1" }]);
    let body = json!({ "names": [{ "family": "Ferreira", "given": ["Ana"] }], "birth_date": "1954-03-02", "identifiers": numbers });
    let ana = app.post(Role::Receptionist, "/api/v1/patients", body).await.expect(201).id();
    let there = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "fullUrl": "https://other.example/fhir/Patient/9", "resource": { "resourceType": "Patient", "id": "9",
            "identifier": numbers, "name": [{ "family": "Ferreira", "given": ["Ana"] }], "birthDate": "1954-03-02",
            "gender": "female" } },
        { "fullUrl": "https://other.example/fhir/Condition/1", "resource": { "resourceType": "Condition", "id": "1",
            "subject": { "reference": "Patient/9" }, "code": { "text": "asthma" } } }] });
    let report = imported(&app, "", &there).await;
    assert_eq!(report["resources"]["Patient"]["known"], json!(1), "{report:#}");
    assert_eq!(app.count("read.patient").await, 1);
    let seen = app.get(Role::Doctor, &format!("/api/v1/patients/{ana}")).await.expect(200).body;
    assert_ne!(seen["gender"], "female", "what the desk wrote stays");
    assert_eq!(app.count(&format!("read.entry where kind = 'problem' and patient_id = '{ana}'")).await, 1);
    // Somebody else under that number is not taken for her.
    let mut another = there.clone();
    another["entry"][0]["fullUrl"] = json!("https://third.example/fhir/Patient/9");
    another["entry"][0]["resource"]["birthDate"] = json!("1999-09-09");
    another["entry"].as_array_mut().expect("entries").truncate(1);
    imported(&app, "", &another).await;
    assert_eq!(app.count("read.patient").await, 2);
}

async fn imported(app: &TestApp, query: &str, resource: &Value) -> Value {
    let request = app.request(Role::Admin, Method::POST, &format!("/api/v1/imports{query}")).await;
    request.body(resource.to_string()).answer().await.expect(200).body
}

/// Imports a bundle of one patient and answers their id here.
async fn import(app: &TestApp, bundle: String) -> String {
    let request = app.request(Role::Admin, Method::POST, "/api/v1/imports").await;
    let report = request.body(bundle).answer().await.expect(200).body;
    assert_eq!(report["refusals"], json!([]));
    let row = app.owner().await.query_one("select id from read.patient", &[]).await.expect("one patient");
    row.get::<_, uuid::Uuid>(0).to_string()
}

/// The resources without what every house names for itself, in an order of their own; and without what its own decision
/// support has to say of them.
fn nameless(bundle: &Value) -> Vec<String> {
    let mut all: Vec<String> = resources(bundle)
        .into_iter()
        .filter(|resource| resource["resourceType"] != "DetectedIssue")
        .map(|mut resource| {
            for own in ["id", "meta"] {
                resource.as_object_mut().expect("a resource").remove(own);
            }
            let text = resource.to_string();
            let mut parts = text.split("urn:uuid:");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |text, rest| text + "urn:uuid:" + rest.get(36..).unwrap_or_default())
        })
        .collect();
    all.sort();
    all
}
