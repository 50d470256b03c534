use healthcare_application::Role;
use healthcare_tests::app::{Answer, spawn_app};
use serde_json::{Value, json};

use super::{no_known_allergies, of_rule, order, prescribe};
use crate::patient::register;

/// What a rule lacked, in its words.
fn lacked<'a>(answer: &'a Answer, rule: &str) -> Vec<&'a str> {
    let all = answer.body["lacking"].as_array().unwrap_or_else(|| panic!("lacking: {:#}", answer.body)).iter();
    let of_rule = all.filter(|one| one["rule"] == rule);
    let missing = of_rule.flat_map(|one| one["verdict"]["missing"].as_array().into_iter().flatten());
    missing.filter_map(Value::as_str).collect()
}

/// A rule that could not look says so to who signs, whether it is signed or not.
#[tokio::test]
async fn what_could_not_be_told_for_want_of_data_is_told_to_the_prescriber() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let signed = prescribe(&app, &patient, order("gabapentin 300 MG Oral Capsule")).await.expect(201);
    assert!(lacked(&signed, "renal-limit")[0].contains("kidney function is not known"), "{:#}", signed.body);
    let plain = prescribe(&app, &patient, order("Paracetamol 500 MG Oral Tablet")).await.expect(201);
    assert!(lacked(&plain, "renal-limit").is_empty(), "it does not depend on it");

    let allergic = register(&app).await;
    let allergy = json!({ "substance": { "text": "Nitrofurantoin" }, "criticality": "high" });
    app.post(Role::Nurse, &format!("/api/v1/patients/{allergic}/allergies"), allergy).await.expect(201);
    let refused = prescribe(&app, &allergic, order("Nitrofurantoin 100 MG Oral Capsule")).await;
    let refused = refused.expect_problem(409, "/problems/medication/findings", &[]);
    assert!(!of_rule(&refused, "allergy-conflict").is_empty());
    assert!(lacked(&refused, "renal-limit")[0].contains("kidney function is not known"), "{:#}", refused.body);
}

/// A problem that somebody wrote down and did not code is held against drugs by its name.
#[tokio::test]
async fn a_problem_in_words_alone_counts_against_a_drug() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let asthma = json!({ "code": { "text": "Asthma" } });
    app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/problems"), asthma).await.expect(201);
    let refused = prescribe(&app, &patient, order("Propranolol Hydrochloride 40 MG Oral Tablet")).await;
    let refused = refused.expect_problem(409, "/problems/medication/findings", &[]);
    assert_eq!(of_rule(&refused, "contraindication")[0]["severity"], "critical");
}

/// The way it is given changes what an opioid comes to; a way that is not told is told.
#[tokio::test]
async fn opioids_count_by_the_way_they_are_given() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let check = format!("/api/v1/patients/{patient}/medication-orders/check");
    let morphine = |route: Option<&str>| {
        let mut order = json!({ "medication": { "text": "morphine" }, "dose": { "value": "10", "unit": "mg" }, "frequency": "every 6 hours" });
        if let Some(code) = route {
            order["route"] = json!({ "coding": [{ "system": "http://snomed.info/sct", "code": code }] });
        }
        order
    };
    let total = async |route: Option<&str>| {
        let told = app.post(Role::Doctor, &check, morphine(route)).await.expect(200);
        let severity = of_rule(&told, "opioid-total").first().map(|one| one["severity"].clone());
        (severity, lacked(&told, "opioid-total").concat())
    };
    assert_eq!(total(Some("26643006")).await, (None, String::new()), "40 MME by mouth");
    assert_eq!(total(Some("47625008")).await, (Some(json!("critical")), String::new()), "120 MME into a vein");
    let (severity, lacking) = total(None).await;
    assert!(severity.is_none() && lacking.contains("by which way"), "{lacking}");
}

/// What is not known of a day's total is not nothing.
#[tokio::test]
async fn a_total_of_which_a_part_is_not_known_is_told_as_not_checked() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let paracetamol = |frequency: &str| {
        json!({ "medication": { "text": "Paracetamol 500 MG Oral Tablet" },
        "dose": { "value": "1", "unit": "g" }, "frequency": frequency })
    };
    let unread = prescribe(&app, &patient, paracetamol("with meals")).await.expect(201);
    assert!(lacked(&unread, "dose-limit").concat().contains("is not checked"), "{:#}", unread.body);
    let check = format!("/api/v1/patients/{patient}/medication-orders/check");
    let second = app.post(Role::Doctor, &check, paracetamol("every 8 hours")).await.expect(200);
    assert!(lacked(&second, "dose-limit").concat().contains("is not checked"), "{:#}", second.body);
}

/// The eGFR of an adult follows from a creatinine that came without one, before an order is signed here as for those who ask
/// from elsewhere.
#[tokio::test]
async fn a_creatinine_without_an_egfr_interrupts_metformin() {
    let app = spawn_app().await;
    for (code, value, unit) in [("2160-0", "5", "mg/dL"), ("14682-9", "442", "umol/L")] {
        let patient = register(&app).await;
        no_known_allergies(&app, &patient).await;
        let metformin = || order("metformin hydrochloride 500 MG Oral Tablet");
        let check = format!("/api/v1/patients/{patient}/medication-orders/check");
        let before = app.post(Role::Doctor, &check, metformin()).await.expect(200);
        assert!(of_rule(&before, "metformin-egfr-below-30").is_empty(), "{:#}", before.body);

        let creatinine = json!({ "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
            "value": { "quantity": { "value": value, "unit": unit } } });
        let results = format!("/api/v1/patients/{patient}/laboratory-results");
        app.post(Role::LabTechnician, &results, creatinine).await.expect(201);
        let refused = prescribe(&app, &patient, metformin()).await;
        let refused = refused.expect_problem(409, "/problems/medication/findings", &[]);
        assert_eq!(of_rule(&refused, "metformin-egfr-below-30")[0]["severity"], "critical", "{:#}", refused.body);
        assert!(of_rule(&refused, "metformin-egfr-unknown").is_empty(), "{:#}", refused.body);
    }
}
