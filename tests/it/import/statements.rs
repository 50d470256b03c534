//! MedicationStatements and orders that change what they are at their source.

use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Site, site};

const ANA: &str = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0";
const EVA: &str = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e1";

fn bundle(resources: &[Value]) -> String {
    let person = |id: &str, family: &str, born: &str| json!({ "resourceType": "Patient", "id": id, "name": [{ "family": family }], "birthDate": born });
    let people = [person(ANA, "Reis", "1950-01-02"), person(EVA, "Moss", "1980-03-04")];
    let entries: Vec<Value> = people.iter().chain(resources).map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

fn statement(status: &str) -> Value {
    json!({ "resourceType": "MedicationStatement", "id": "3c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "status": status,
        "subject": { "reference": format!("Patient/{ANA}") }, "effectiveDateTime": "2024-05",
        "medicationCodeableConcept": { "text": "warfarin" } })
}

fn order(status: &str) -> Value {
    json!({ "resourceType": "MedicationRequest", "id": "4c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "status": status, "intent": "order",
        "subject": { "reference": format!("Patient/{ANA}") }, "authoredOn": "2024-05-01",
        "medicationCodeableConcept": { "text": "warfarin" } })
}

/// The statuses of the medications in the chart.
async fn medications(site: &Site) -> Vec<String> {
    let chart = site.chart(site.patient("reis").await, None).await;
    let items = chart["medications"]["items"].as_array().unwrap().clone();
    let mut all: Vec<String> = items.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

/// The types of what the chart says is only kept.
async fn kept(site: &Site) -> Vec<String> {
    let chart = site.chart(site.patient("reis").await, None).await;
    let items = chart["kept"]["items"].as_array().unwrap().clone();
    items.iter().map(|one| one["resource_type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_not_taken_any_more_ends_and_what_is_taken_again_begins_anew() {
    let site = site().await;
    site.import_text(&bundle(&[statement("active")])).await;
    assert_eq!(medications(&site).await, ["active"]);
    let report = site.import_text(&bundle(&[statement("not-taken")])).await;
    assert_eq!((report.total().kept, report.total().refused), (1, 0), "{report}");
    assert_eq!(medications(&site).await, ["stopped"]);
    assert_eq!(kept(&site).await, ["MedicationStatement"]);
    assert_eq!(site.import_text(&bundle(&[statement("not-taken")])).await.total().known, 3);
    let report = site.import_text(&bundle(&[statement("active")])).await;
    assert_eq!((report.total().stored, report.total().refused), (1, 0), "{report}");
    assert_eq!(medications(&site).await, ["active", "stopped"]);
    assert!(kept(&site).await.is_empty(), "it is an entry now");
}

#[tokio::test]
async fn an_order_that_becomes_the_order_not_to_give_it_ends() {
    let site = site().await;
    site.import_text(&bundle(&[order("active")])).await;
    let mut forbidden = order("active");
    forbidden["doNotPerform"] = json!(true);
    let report = site.import_text(&bundle(&[forbidden])).await;
    assert_eq!((report.total().kept, report.total().refused), (1, 0), "{report}");
    assert_eq!(medications(&site).await, ["stopped"]);
}

#[tokio::test]
async fn a_statement_about_an_order_counts_once_that_order_does_not() {
    let site = site().await;
    let mut about = statement("active");
    about["basedOn"] = json!([{ "reference": "MedicationRequest/4c3151bd-1cbf-4d64-b04d-cd9187a4c6e0" }]);
    let report = site.import_text(&bundle(&[order("active"), about.clone()])).await;
    assert_eq!((report.total().stored, report.total().kept), (3, 1), "{report}");
    assert_eq!(medications(&site).await, ["active"]);
    // The very same statement, which was only kept, is looked at again.
    let report = site.import_text(&bundle(&[order("stopped"), about.clone()])).await;
    assert_eq!((report.total().stored, report.total().known), (2, 2), "{report}");
    assert_eq!(medications(&site).await, ["active", "stopped"]);
    assert!(kept(&site).await.is_empty());
    assert_eq!(site.import_text(&bundle(&[order("stopped"), about])).await.total().known, 4);
}

#[tokio::test]
async fn what_was_stopped_here_is_not_begun_by_what_its_source_believes() {
    let app = spawn_app().await;
    let mut about = statement("active");
    about["basedOn"] = json!([{ "reference": "MedicationRequest/4c3151bd-1cbf-4d64-b04d-cd9187a4c6e0" }]);
    let both = bundle(&[order("active"), about]);
    let import = async || {
        let sent = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(both.clone());
        sent.answer().await.expect(200).body["resources"].clone()
    };
    let statements = |report: &Value| report["MedicationStatement"].clone();
    assert_eq!(statements(&import().await)["kept"], 1);
    assert_eq!(statements(&import().await)["known"], 1, "the order runs");
    let active = "read.entry where kind = 'medication' and active";
    assert_eq!(app.count(active).await, 1);
    let order = app.owner().await.query_one("select id from read.entry where kind = 'medication'", &[]).await;
    let order: uuid::Uuid = order.expect("the order").get(0);
    let stop = format!("/api/v1/medication-orders/{order}/stop");
    app.post(Role::Pharmacist, &stop, json!({ "reason": "INR 6" })).await.expect(200);
    assert_eq!(statements(&import().await)["known"], 1);
    assert_eq!(app.count(active).await, 0, "nothing brings the drug back");
}

/// A UUID is a name whatever type stands before it: sources give a statement the id of its order.
#[tokio::test]
async fn a_resource_of_another_type_under_the_same_id_stops_nothing() {
    let site = site().await;
    site.import_text(&bundle(&[order("active")])).await;
    let mut about = statement("active");
    about["id"] = order("active")["id"].clone();
    about["basedOn"] = json!([{ "reference": "MedicationRequest/4c3151bd-1cbf-4d64-b04d-cd9187a4c6e0" }]);
    let flag = json!({ "resourceType": "Flag", "id": order("active")["id"], "status": "active",
        "code": { "text": "shares a room" }, "subject": { "reference": format!("Patient/{ANA}") } });
    for other in [about, flag] {
        let report = site.import_text(&bundle(&[other])).await;
        assert_eq!((report.total().refused, report.total().stored), (1, 0), "{report}");
        assert_eq!(medications(&site).await, ["active"]);
    }
}

#[tokio::test]
async fn a_statement_ends_when_its_period_does() {
    let site = site().await;
    let until = |end: chrono::DateTime<chrono::Utc>| {
        let mut taken = statement("active");
        taken.as_object_mut().unwrap().remove("effectiveDateTime");
        taken["effectivePeriod"] = json!({ "start": "2024-05-01", "end": end });
        taken
    };
    let soon = SystemClock.now() + chrono::TimeDelta::seconds(4);
    site.import_text(&bundle(&[until(soon)])).await;
    assert_eq!(medications(&site).await, ["active"]);
    while SystemClock.now() <= soon {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    site.import_text(&bundle(&[until(soon)])).await;
    assert_eq!(medications(&site).await, ["completed"]);
    assert_eq!(site.import_text(&bundle(&[until(soon)])).await.total().known, 3);
}

#[tokio::test]
async fn a_statement_that_names_no_drug_or_no_patient_is_kept_until_it_does() {
    let site = site().await;
    let mut unnamed = statement("active");
    unnamed.as_object_mut().unwrap().remove("medicationCodeableConcept");
    unnamed["medicationReference"] = json!({ "reference": "Medication/5c3151bd-1cbf-4d64-b04d-cd9187a4c6e0" });
    let mut of_a_group = statement("active");
    of_a_group["id"] = json!("6c3151bd-1cbf-4d64-b04d-cd9187a4c6e0");
    of_a_group["subject"] = json!({ "reference": "Group/1" });
    let report = site.import_text(&bundle(&[unnamed.clone(), of_a_group])).await;
    assert_eq!((report.total().stored, report.total().kept, report.total().refused), (2, 2, 0), "{report}");
    assert!(medications(&site).await.is_empty());
    assert_eq!(site.import_text(&bundle(&[unnamed.clone()])).await.total().known, 3);
    let warfarin = json!({ "resourceType": "Medication", "id": "5c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "code": { "text": "warfarin" } });
    let report = site.import_text(&bundle(&[unnamed, warfarin])).await;
    assert_eq!(report.resources["MedicationStatement"].stored, 1, "{report}");
    assert_eq!(medications(&site).await, ["active"]);
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_beside() {
    let site = site().await;
    let mut nothing = order("active");
    nothing["note"] = json!([{ "text": "told twice", "time": "2024-05" }]);
    nothing["dosageInstruction"] = json!([{ "doseAndRate": [{ "doseQuantity": { "value": -1, "unit": "mg" } }] }]);
    let report = site.import_text(&bundle(&[nothing])).await;
    assert_eq!(report.total().refused, 1, "{report}");
    assert!(!report.kept_beside.contains_key("MedicationRequest"), "{report}");
}

#[tokio::test]
async fn what_is_kept_of_one_patient_names_no_other() {
    let app = spawn_app().await;
    let eva = json!({ "reference": format!("Patient/{EVA}"), "display": "Eva Moss" });
    let flag = json!({ "resourceType": "Flag", "id": "7c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "status": "active",
        "code": { "text": "shares a room" }, "subject": { "reference": format!("Patient/{ANA}") }, "author": eva });
    let mut told = statement("active");
    told["informationSource"] = eva;
    let sent = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(bundle(&[flag, told]));
    assert_eq!(sent.answer().await.expect(200).body["resources"]["Flag"]["kept"], json!(1));
    let id = async |name: &str| {
        let found = app.get(Role::Doctor, &format!("/api/v1/patients?name={name}")).await.expect(200).body;
        found["items"][0]["id"].as_str().expect("an id").to_owned()
    };
    let (ana, eva) = (id("reis").await, id("moss").await);
    let out = app.get(Role::Doctor, &format!("/api/v1/patients/{ana}/export")).await.expect(200).body.to_string();
    assert!(out.contains("shares a room"), "{out}");
    for name in ["Moss", EVA, &eva] {
        assert!(!out.contains(name), "{name} in {out}");
    }
}
