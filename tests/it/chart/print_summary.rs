use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::charted;
use crate::{
    encounter,
    note::{self, Somebody},
    plan,
};

async fn page(app: &TestApp, path: &str, accept: &str) -> reqwest::Response {
    app.request(Role::Doctor, Method::GET, path).await.header("accept", accept).send().await.expect("an answer")
}

#[tokio::test]
async fn the_chart_is_a_page_to_print_where_a_page_is_asked_for() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let path = format!("/api/v1/patients/{patient}/chart");
    let answer = page(&app, &path, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    let text = answer.text().await.expect("text");
    for said in [
        "Ana Luísa Ferreira",
        "born 1954-03-02",
        "MRN-",
        "NO DRUG ALLERGY KNOWN",
        "asthma",
        "amoxicillin",
        "4.10 mmol/L",
    ] {
        assert!(text.to_lowercase().contains(&said.to_lowercase()), "{said} is not on the page:\n{text}");
    }
    assert!(!text.contains("<script"));
    let data = page(&app, &path, "application/json, text/html;q=0.5").await;
    assert_eq!(data.headers()["content-type"], "application/json");
    assert_eq!(page(&app, &path, "*/*").await.headers()["content-type"], "application/json");
    let early = page(&app, &format!("{path}?as_of=1990-01-01T00:00:00Z"), "text/html").await;
    assert_eq!(early.status(), 404, "a refusal is a problem also to who asks for a page");
}

#[tokio::test]
async fn what_was_written_is_shown_and_not_run() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let problem = json!({ "code": { "text": "<script>alert(1)</script> & \"pain\"" } });
    let written = app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/problems"), problem).await;
    written.expect(201);
    let path = format!("/api/v1/patients/{patient}/chart");
    let text = page(&app, &path, "text/html").await.text().await.expect("text");
    assert!(!text.contains("<script"));
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;pain&quot;"), "{text}");
    let refused = app.anonymous(Method::GET, &path).header("accept", "text/html").answer().await;
    refused.expect_problem(401, "/problems/access/unauthenticated", &[]);
}

/// What a ward works from when the screens are dark: what is planned, what was written and by whom, what was refused, every dose and
/// whether it is taken, and whom to call.
#[tokio::test]
async fn a_ward_can_work_from_the_page() {
    let app = spawn_app().await;
    let moss = Somebody::hired(&app, "ivo-moss", Role::Doctor, &["*"]).await;
    let whose = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0";
    let of = json!({ "reference": format!("Patient/{whose}") });
    let person = json!({ "resourceType": "Patient", "id": whose, "name": [{ "family": "Reis", "given": ["Ana"] }],
        "birthDate": "1950-01-02", "telecom": [{ "system": "phone", "value": "+41 44 555 01 23" }],
        "contact": [{ "name": { "family": "Lind", "given": ["Eva"] }, "relationship": [{ "text": "daughter" }],
            "telecom": [{ "system": "phone", "value": "+41 44 555 01 24" }] }] });
    let dose = |amount: u8| json!([{ "doseQuantity": { "value": amount, "unit": "mg", "code": "mg" } }]);
    let held = json!({ "resourceType": "MedicationRequest", "id": "1c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "status": "on-hold",
        "intent": "order", "subject": of, "medicationCodeableConcept": { "text": "Prednisolone" }, "authoredOn": "2026-01-05",
        "dosageInstruction": [{ "sequence": 1, "text": "in the morning", "doseAndRate": dose(40) },
            { "sequence": 2, "text": "for a week", "doseAndRate": dose(15) }] });
    let entries = [person, held].map(|resource| json!({ "resource": resource }));
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let sent = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(bundle.to_string());
    sent.answer().await.expect(200);
    let found = app.get(Role::Doctor, "/api/v1/patients?name=reis").await.expect(200).body;
    let patient = found["items"][0]["id"].as_str().expect("an id").to_owned();
    encounter::admit(&app, &patient).await;
    moss.writes(&patient, note::signed("Ward round", "Better today.")).await;
    moss.writes(&patient, note::note("A draft of nobody else", "Not yet.")).await;
    moss.plans(&patient, plan::followed()).await;
    let consent =
        json!({ "scope": { "text": "Resuscitation" }, "categories": [{ "text": "DNR" }], "decision": "deny" });
    app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/consents"), consent).await.expect(201);

    let path = format!("/api/v1/patients/{patient}/chart");
    let text = page(&app, &path, "text/html").await.text().await.expect("text");
    for said in [
        "+41 44 555 01 23",
        "Contact: Eva Lind (daughter) +41 44 555 01 24",
        "All times are those of UTC.",
        "Prednisolone – ON HOLD",
        "40 mg",
        "then 15 mg",
        "Ward round",
        "by ivo-moss, signed ",
        "Better today.",
        "Goal: Potassium in range",
        "from 3.5 mmol/L to 5.1 mmol/L",
        "To be done: Teach self-injection, nurse",
        "Review on 2026-01-31",
        "Resuscitation – REFUSED",
    ] {
        assert!(text.contains(said), "{said} is not on the page:\n{text}");
    }
    assert!(!text.contains("A draft of nobody else"));
}
