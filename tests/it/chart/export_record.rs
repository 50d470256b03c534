use std::collections::BTreeMap;

use healthcare_application::Role;
use healthcare_domain::id::PatientId;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::charted;

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
