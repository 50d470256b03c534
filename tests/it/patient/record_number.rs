use std::collections::HashSet;

use healthcare_api::config::PatientSettings;
use healthcare_application::Role;
use healthcare_domain::patient::{CheckDigit, MrnScheme};
use healthcare_tests::app::{Backing, TestApp, spawn_app, spawn_app_with};
use serde_json::{Value, json};

const INSURANCE: &str = "urn:oid:2.16.756.5.32";

fn person(identifiers: Value) -> Value {
    json!({ "names": [{ "family": "Lind", "given": ["Bo"] }], "identifiers": identifiers })
}

async fn numbers(app: &TestApp, id: &str, system: &str) -> Vec<String> {
    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{id}")).await.expect(200);
    let of = read.body["identifiers"].as_array().cloned().unwrap_or_default();
    of.iter().filter(|one| one["system"] == system).map(|one| one["value"].as_str().unwrap_or("").to_owned()).collect()
}

/// A house that registers insurance numbers beside its own.
async fn house() -> TestApp {
    let patients = PatientSettings { systems: vec![INSURANCE.into()], ..PatientSettings::default() };
    spawn_app_with(Backing { patients, ..Backing::default() }).await
}

#[tokio::test]
async fn who_brings_no_number_of_the_house_gets_one_that_verifies() {
    let app = spawn_app().await;
    let scheme = MrnScheme::default();
    let id = app.post(Role::Receptionist, "/api/v1/patients", person(json!([]))).await.expect(201).id();
    let [number] = &numbers(&app, &id, scheme.system()).await[..] else { panic!("one number") };
    assert!(scheme.verifies(number), "{number}");
    let found = app.get(Role::Nurse, &format!("/api/v1/patients?identifier={number}")).await.expect(200);
    assert_eq!(found.body["items"][0]["id"], *id);
    // A letter of the number that was mistyped is no number of anybody.
    let typed = person(json!([{ "system": scheme.system(), "value": "000000017" }]));
    let refused = app.post(Role::Receptionist, "/api/v1/patients", typed).await;
    refused.expect_problem(422, "/problems/patient/mistyped-number", &["/identifiers"]);
    // Who brings one keeps it, and the running number that would have become it is left out.
    let next = scheme.issue(3).value;
    let typed = person(json!([{ "system": scheme.system(), "value": next }]));
    let brought = app.post(Role::Receptionist, "/api/v1/patients", typed).await.expect(201).id();
    assert_eq!(numbers(&app, &brought, scheme.system()).await, std::slice::from_ref(&next));
    for _ in 0..3 {
        let id = app.post(Role::Receptionist, "/api/v1/patients", person(json!([]))).await.expect(201).id();
        assert_ne!(numbers(&app, &id, scheme.system()).await[0], next);
    }
}

#[tokio::test]
async fn fifty_registrations_at_once_get_fifty_numbers() {
    let app = spawn_app().await;
    app.token(Role::Receptionist).await;
    let register = async || app.post(Role::Receptionist, "/api/v1/patients", person(json!([]))).await.expect(201).id();
    let ids = futures::future::join_all((0..50).map(|_| register())).await;
    let mut given = HashSet::new();
    for id in &ids {
        given.extend(numbers(&app, id, MrnScheme::default().system()).await);
    }
    assert_eq!(given.len(), 50, "{given:?}");
    assert_eq!(app.count("access.patient_number").await, 50);
}

#[tokio::test]
async fn a_house_numbers_as_it_says_or_not_at_all() {
    let mrn = MrnScheme::new("urn:x:spz", "SPZ-", 6, CheckDigit::Mod97_10).expect("a scheme");
    let patients = PatientSettings { mrn: Some(mrn.clone()), ..PatientSettings::default() };
    let app = spawn_app_with(Backing { patients, ..Backing::default() }).await;
    let id = app.post(Role::Receptionist, "/api/v1/patients", person(json!([]))).await.expect(201).id();
    let number = numbers(&app, &id, "urn:x:spz").await.remove(0);
    assert!(number.starts_with("SPZ-") && mrn.verifies(&number), "{number}");

    let patients = PatientSettings { mrn: None, ..PatientSettings::default() };
    let app = spawn_app_with(Backing { patients, ..Backing::default() }).await;
    let id = app.post(Role::Receptionist, "/api/v1/patients", person(json!([]))).await.expect(201).id();
    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{id}")).await.expect(200);
    assert_eq!(read.body["identifiers"], Value::Null);
}

#[tokio::test]
async fn a_number_of_a_registered_system_is_one_patients_and_whose_is_not_told() {
    let app = house().await;
    let insured = person(json!([{ "system": INSURANCE, "value": "756-1" }]));
    let holder = app.post(Role::Receptionist, "/api/v1/patients", insured.clone()).await.expect(201).id();
    let before = app.clinical_events().await;
    let refused = app.post(Role::Receptionist, "/api/v1/patients", insured.clone()).await;
    let refused = refused.expect_problem(409, "/problems/patient/identifier-in-use", &["/identifiers"]);
    let told = refused.body.to_string();
    assert!(!told.contains(&holder) && !told.contains("756-1") && !told.contains("Lind"), "{told}");
    assert_eq!(app.clinical_events().await, before);
    // Of a system that is not registered, a number may be anybody's.
    let other = person(json!([{ "system": "urn:other", "value": "756-1" }]));
    app.post(Role::Receptionist, "/api/v1/patients", other.clone()).await.expect(201);
    let second = app.post(Role::Receptionist, "/api/v1/patients", other).await.expect(201);
    // Nor is it taken over by an update; let go of, it is free.
    let path = format!("/api/v1/patients/{}", second.id());
    let take = json!({ "identifiers": [{ "system": INSURANCE, "value": "756-1" }] });
    let refused = app.patch(Role::Receptionist, &path, 1, take.clone()).await;
    refused.expect_problem(409, "/problems/patient/identifier-in-use", &["/identifiers"]);
    app.patch(Role::Receptionist, &format!("/api/v1/patients/{holder}"), 1, json!({ "identifiers": null }))
        .await
        .expect(200);
    app.patch(Role::Receptionist, &path, 1, take).await.expect(200);
    assert_eq!(app.count("access.patient_number where value = '756-1'").await, 1);
}

#[tokio::test]
async fn the_same_number_for_two_at_once_is_one_patients() {
    let app = house().await;
    app.token(Role::Receptionist).await;
    let insured = person(json!([{ "system": INSURANCE, "value": "756-2" }]));
    let register = async || app.post(Role::Receptionist, "/api/v1/patients", insured.clone()).await.status;
    let mut answers = futures::future::join_all((0..12).map(|_| register())).await;
    answers.sort_unstable();
    assert_eq!((answers[0], &answers[1..]), (201, &[409; 11][..]));
    assert_eq!(app.count("read.patient").await, 1);
}

#[tokio::test]
async fn who_was_entered_in_error_lets_go_of_the_number() {
    let app = house().await;
    let insured = person(json!([{ "system": INSURANCE, "value": "756-3" }]));
    let mistake = app.post(Role::Receptionist, "/api/v1/patients", insured.clone()).await.expect(201).id();
    let path = format!("/api/v1/patients/{mistake}/entered-in-error");
    app.post(Role::Receptionist, &path, json!({ "reason": "a training exercise" })).await.expect(200);
    app.post(Role::Receptionist, "/api/v1/patients", insured).await.expect(201);
}
