use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{no_known_allergies, order, penicillin, prescribe};
use crate::{observation::potassium, patient::register};

/// Waits until a patient's suggestions of a rule are as the test says.
async fn until(app: &TestApp, patient: &str, rule: &str, statuses: &[&str]) -> Vec<Value> {
    let path = format!("/api/v1/patients/{patient}/suggestions");
    for _ in 0..200 {
        let list = app.get(Role::Doctor, &path).await.expect(200).body;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        let of_rule: Vec<Value> = items.into_iter().filter(|item| item["rule"] == rule).collect();
        if of_rule.iter().map(|item| item["status"].as_str().unwrap_or_default()).eq(statuses.iter().copied()) {
            return of_rule;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the suggestions of {rule} never were {statuses:?}");
}

async fn report(app: &TestApp, patient: &str, value: &str) {
    let path = format!("/api/v1/patients/{patient}/laboratory-results");
    app.post(Role::LabTechnician, &path, potassium(value)).await.expect(201);
}

/// SECURITY 45: what decision support said can be said again: by which rule and version, on which facts, answered by whom.
#[tokio::test]
async fn an_allergy_against_a_running_drug_is_suggested_justified_and_withdrawn() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let running = prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(201).id();
    let allergy = penicillin(&app, &patient).await.expect(201).id();
    let suggestion = until(&app, &patient, "allergy-conflict", &["open"]).await.remove(0);
    assert_eq!((&suggestion["severity"], &suggestion["patient"]), (&json!("critical"), &json!(patient)));

    let id = suggestion["id"].as_str().expect("an id");
    let why = app.get(Role::Pharmacist, &format!("/api/v1/suggestions/{id}/justification")).await.expect(200).body;
    let sources: Vec<&Value> = why["inputs"].as_array().into_iter().flatten().map(|i| &i["source"]["stream"]).collect();
    assert!(sources.contains(&&json!(running)) && sources.contains(&&json!(allergy)), "{:#}", why["inputs"]);
    assert!(why["words"].as_str().is_some_and(|words| words.starts_with("met: ")), "{}", why["words"]);
    assert_eq!((&why["rule"]["id"], &why["rule"]["version"]), (&json!("allergy-conflict"), &json!(2)));
    assert!(why["position"].as_i64().is_some_and(|position| position > 0));
    let others = why["others"].as_array().expect("the other rules");
    let silent = others.iter().find(|other| other["outcome"] == "not-fired").expect("a rule that did not fire");
    assert_eq!(silent["source"], "replayed");
    assert!(silent["words"].as_str().is_some_and(|words| words.starts_with("not met: ")), "{silent:#}");
    app.get(Role::Receptionist, &format!("/api/v1/suggestions/{id}/justification")).await.expect_problem(
        403,
        "/problems/access/denied",
        &[],
    );

    let stop = format!("/api/v1/medication-orders/{running}/stop");
    app.post(Role::Doctor, &stop, json!({ "reason": "allergy" })).await.expect(200);
    until(&app, &patient, "allergy-conflict", &["withdrawn"]).await;
}

#[tokio::test]
async fn a_critical_result_is_suggested_once_and_answered_once() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    report(&app, &patient, "6.8").await;
    let id = until(&app, &patient, "critical-potassium-high", &["open"]).await[0]["id"].as_str().unwrap().to_owned();
    report(&app, &patient, "6.9").await;
    let path = format!("/api/v1/suggestions/{id}");
    app.post(Role::Nurse, &format!("{path}/override"), json!({ "reason": "x" })).await.expect_problem(
        403,
        "/problems/access/denied",
        &[],
    );
    app.post(Role::Doctor, &format!("{path}/accept"), json!({})).await.expect(200);
    let late = app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "too late" })).await;
    late.expect_problem(409, "/problems/suggestion/not-open", &[]);
    let read = app.get(Role::Doctor, &path).await.expect(200);
    assert_eq!((&read.body["status"], read.header("etag")), (&json!("accepted"), Some("\"2\"")));
}

#[tokio::test]
async fn accepting_to_stop_a_drug_stops_it_once_and_with_the_acceptance() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let running = prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(201).id();
    penicillin(&app, &patient).await.expect(201);
    let suggestion = until(&app, &patient, "allergy-conflict", &["open"]).await.remove(0);
    assert_eq!(suggestion["proposals"][0]["action"], "stop-medication", "{suggestion:#}");
    let evidence = &suggestion["evidence"][0];
    assert!(evidence["citation"].is_string() && evidence["source"].is_string(), "{suggestion:#}");
    let path = format!("/api/v1/suggestions/{}", suggestion["id"].as_str().expect("an id"));
    let beyond = app.post(Role::Doctor, &format!("{path}/accept"), json!({ "proposals": [7] })).await;
    beyond.expect_problem(422, "/problems/suggestion/no-such-proposal", &["/proposals"]);
    let unknown = app.post(Role::Doctor, &format!("{path}/accept"), json!({ "proposal": 0 })).await;
    unknown.expect_problem(422, "/problems/request/shape", &["/proposal"]);
    assert_eq!(app.count("es.event where event_type = 'pharmacy.medication.ended'").await, 0);

    let send = async || {
        let request = app.request(Role::Pharmacist, Method::POST, &format!("{path}/accept")).await;
        request.header("idempotency-key", "take-up").json(&json!({})).answer().await.expect(200)
    };
    let accepted = send().await;
    assert_eq!(accepted.body["proposals"][0]["outcome"], "done", "{:#}", accepted.body);
    assert_eq!((&accepted.body["proposals"][0]["entry"], accepted.header("etag")), (&json!(running), Some("\"2\"")));
    assert_eq!(send().await.body["proposals"], accepted.body["proposals"]);
    let orders = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/medication-orders")).await.expect(200).body;
    assert_eq!(orders["items"][0]["status"], "stopped");
    let read = app.get(Role::Doctor, &path).await.expect(200).body;
    assert_eq!((&read["status"], &read["carried_out"][0]["entry"]), (&json!("accepted"), &json!(running)));
    let together = "(select from es.event where event_type in ('suggestion.accepted', 'pharmacy.medication.ended')
        group by xmin having count(*) = 2) one_transaction";
    assert_eq!(app.count(together).await, 1);
}

#[tokio::test]
async fn staff_read_a_rule_with_its_evidence() {
    let app = spawn_app().await;
    let rules = app.get(Role::Doctor, "/api/v1/rules").await.expect(200).body;
    assert!(rules["items"].as_array().is_some_and(|all| all.len() > 30));
    let rule = app.get(Role::RuleAuthor, "/api/v1/rules/allergy-conflict").await.expect(200).body;
    assert!(rule["evidence"][0]["citation"].is_string() && rule["tests"][0]["name"].is_string());
    app.get(Role::Doctor, "/api/v1/rules/none").await.expect_problem(404, "/problems/request/not-found", &[]);
    let schema = app.get(Role::RuleAuthor, "/api/v1/rules/schema").await.expect(200);
    assert_eq!(schema.body["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema.body, healthcare_dss::rule::schema());
    app.get(Role::Nurse, "/api/v1/rules/schema").await.expect_problem(403, "/problems/access/denied", &[]);
    app.get(Role::Nurse, "/api/v1/rules").await.expect_problem(403, "/problems/access/denied", &[]);
}
