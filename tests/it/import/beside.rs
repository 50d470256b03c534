//! What a source tells and no entry has a place for is kept beside it, and goes out with it.

use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::site;

const ANA: &str = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0";

fn bundle(stage: &str) -> String {
    let patient = json!({ "resourceType": "Patient", "id": ANA, "name": [{ "family": "Reis" }], "birthDate": "1950" });
    let whose = json!({ "reference": format!("Patient/{ANA}") });
    let fracture = json!({ "resourceType": "Condition", "id": "2c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "subject": whose,
        "code": { "text": "Fracture" }, "bodySite": [{ "text": "left" }], "stage": [{ "summary": { "text": stage } }], "recordedDate": "2024-05" });
    let warfarin = json!({ "resourceType": "MedicationStatement", "id": "3c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "status": "active", "subject": whose, "effectiveDateTime": "2024-05",
        "medicationCodeableConcept": { "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "855332" }] } });
    let entries = [patient, fracture, warfarin].map(|resource| json!({ "resource": resource }));
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

#[tokio::test]
async fn what_is_kept_beside_an_entry_follows_its_source_and_is_no_entry() {
    let site = site().await;
    let report = site.import_text(&bundle("II")).await;
    assert_eq!(report.total().stored, 3, "{report}");
    assert_eq!(report.kept_beside["Condition"].keys().collect::<Vec<_>>(), ["recordedDate", "stage"]);
    assert_eq!(site.import_text(&bundle("II")).await.total().known, 3, "the same says nothing new");
    assert_eq!(site.count("select count(*) from read.entry where kind = 'external'").await, 0);
    let report = site.import_text(&bundle("III")).await;
    assert_eq!((report.total().stored, report.total().known), (1, 2), "{report}");
    let chart = site.chart(site.patient("reis").await, None).await;
    assert_eq!(
        chart["problems"]["items"][0]["body_sites"][0]["text"],
        json!("left"),
        "which side is told in the chart"
    );
    let taken = &chart["medications"]["items"][0];
    assert_eq!((&taken["reported"], &taken["medication"]["coding"][0]["code"]), (&json!(true), &json!("855332")));
}

#[tokio::test]
async fn it_goes_out_in_the_export() {
    let app = spawn_app().await;
    let sent = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(bundle("II"));
    let report = sent.answer().await.expect(200).body;
    assert_eq!(report["resources"]["Condition"]["stored"], json!(1), "{report:#}");
    let found = app.get(Role::Doctor, "/api/v1/patients?name=reis").await.expect(200).body;
    let patient = found["items"][0]["id"].as_str().expect("an id").to_owned();
    let out = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/export")).await.expect(200).body;
    let of = |kind: &str| -> Vec<Value> {
        let all = out["entry"].as_array().expect("entries").iter().map(|entry| entry["resource"].clone());
        all.filter(|one| one["resourceType"] == kind).collect()
    };
    assert_eq!(of("Condition").len(), 1);
    assert_eq!(of("Condition")[0]["stage"], json!([{ "summary": { "text": "II" } }]));
    assert_eq!(of("Condition")[0]["bodySite"], json!([{ "text": "left" }]));
    assert_eq!(of("Condition")[0]["recordedDate"], json!("2024-05"), "as precisely as it was told");
    assert_eq!(of("MedicationStatement")[0]["effectiveDateTime"], json!("2024-05"));
}
