use std::collections::BTreeMap;

use healthcare_api::startup::{Guard, ROUTES};
use healthcare_application::Role;
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::access::NewAccount;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Staff, everywhere, registered};
use crate::{
    backtest::tried,
    medication::{order, prescribe},
    rule::{Desk, document},
    scheduling::in_hours,
    suggestion::{report, until},
    ward::Ward,
};

/// What reads although it is no GET.
const ASKS: [&str; 4] = [
    "/api/v1/patients/match",
    "/api/v1/notes/search",
    "/api/v1/patients/{id}/notes/search",
    "/api/v1/patients/{id}/medication-orders/check",
];
/// What is not walked here, and why.
const NOT_HERE: [(&str, &str); 7] = [
    ("/api/v1/audit", "the trail itself, of which each search is an entry"),
    ("/api/v1/audit/export", "as a search of it"),
    ("/api/v1/live", "a connection, which records before its first word: live/access.rs"),
    ("/api/v1/live/tickets", "a ticket for one"),
    ("/api/v1/auth/calendar-feeds/{id}", "closes an address of one's own, and answers nothing"),
    ("/api/v1/calendars/{token}", "known by an address alone, and shows no patient: scheduling/calendar_feed.rs"),
    ("/api/v1/cds-clients/{id}", "another system: its name, its keys and its servers, and nobody of ours"),
];

/// Whether a route reads: by its method, or by what it asks for.
fn reads(method: &str, template: &str, guard: Guard) -> bool {
    let asked_for = guard.permissions();
    let to_read = !asked_for.is_empty() && asked_for.iter().all(|one| one.name().starts_with("read_"));
    method == "GET" || to_read || ASKS.contains(&template)
}

/// Everything else that may tell of a patient: whoever an account belongs to, who lies in a bed of a ward, and what a rule found
/// of whom; by the part of the path that names it.
async fn house(app: &TestApp, patient: &str, encounter: &str) -> BTreeMap<&'static str, String> {
    let first = async |role: Role, list: &str| {
        let list = app.get(role, &format!("/api/v1/{list}")).await.expect(200).body;
        list["items"][0]["id"].as_str().expect("one in the list").to_owned()
    };
    let owner = Some(PatientId(patient.parse().expect("an id")));
    app.make(NewAccount { username: "ana".to_owned(), role: Role::Patient, patient: owner, device: None }).await;
    let ward = Ward::open(app, "North").await;
    let bed = ward.bed("101-A").await;
    let transfer = format!("/api/v1/encounters/{encounter}/transfer");
    app.post(Role::Nurse, &transfer, json!({ "bed_id": bed })).await.expect(200);
    let rule = "twice-paracetamol".to_owned();
    Desk::of(app).await.shadowed(document(&rule, 1)).await;
    prescribe(app, patient, order("Paracetamol 500 MG Oral Tablet")).await.expect(201);
    report(app, patient, "6.8").await;
    until(app, patient, "critical-potassium-high", &["open"]).await;
    let backtest = tried(app, json!({ "rule_id": "critical-potassium-high" })).await;
    let template = json!({ "template": { "plan": { "title": "P", "activities": [{ "what": { "text": "Walk" } }] } } });
    let template = app.post(Role::SeniorClinician, "/api/v1/templates", template).await.expect(201).id();
    let program = json!({ "name": "Interface", "purpose": "A test", "role": "nurse", "scopes": ["read_chart"] });
    let program = app.post(Role::Admin, "/api/v1/service-accounts", program).await.expect(201).id();
    [
        ("accounts", first(Role::Admin, "accounts?role=patient").await),
        ("appointment-types", first(Role::Receptionist, "appointment-types").await),
        ("backtests", backtest["id"].as_str().expect("an id").to_owned()),
        ("beds", bed),
        ("rules", rule),
        ("schedules", first(Role::Receptionist, "schedules").await),
        ("service-accounts", program),
        ("templates", template),
        ("wards", ward.id),
    ]
    .into()
}

/// SECURITY 40: whoever is in an answer has an entry of that request, whichever route, list or search it is and whoever asks.
/// The routes are those of the matrix, so that a new one is tried, too: it answers somebody here, or says above why not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn security_40_whoever_an_answer_shows_is_recorded() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let mut ids = everywhere::record(&app, &patient).await;
    let mut others = house(&app, &patient, &ids["encounters"]).await;
    ids.append(&mut others);
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let emergency = json!({ "reason": "found unconscious in the entrance hall", "purpose": "ETREAT" });
    let glass = doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency).await.expect(201).id();
    ids.insert("break-glass", glass);
    let document = app.anonymous(Method::GET, "/api/v1/openapi.json").answer().await.expect(200).body;
    let owner = app.owner().await;
    let entry = owner.prepare("select from audit.entry where request = $1::text::uuid and patient = $2::text::uuid");
    let entry = entry.await.expect("a statement");
    let (mut unrecorded, mut unanswered, mut shown) = (vec![], vec![], vec![]);
    for (method, template, guard) in ROUTES {
        if !reads(method, template, *guard) || NOT_HERE.iter().any(|(route, _)| route == template) {
            continue;
        }
        let of = template.split('/').rev().skip_while(|part| *part != "{id}").nth(1).unwrap_or_default();
        let Some(id) = ids.get(of).or((!template.contains("{id}")).then_some(&patient)) else {
            unanswered.push(format!("{method} {template}: there is no id of {of}"));
            continue;
        };
        let path = template
            .replace("{id}", id)
            .replace("{list}", "allergies")
            .replace("{code}", "8867-4")
            .replace("{name}", "map")
            .replace("{number}", "1");
        let path = match *template {
            "/api/v1/patients" => format!("{path}?name=Lind"),
            "/api/v1/accounts" => format!("{path}?role=patient"),
            "/api/v1/slots" => {
                let time = |hours| in_hours(hours).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
                let (from, until) = (time(28), time(40));
                format!("{path}?appointment_type={}&from={from}&until={until}", ids["appointment-types"])
            }
            _ => path,
        };
        let body = match *template {
            "/api/v1/patients/match" => {
                json!({ "names": [{ "family": "Lind", "given": ["Ana"] }], "birth_date": "1950-01-01" })
            }
            "/api/v1/notes/search" | "/api/v1/patients/{id}/notes/search" => json!({ "words": "stable" }),
            "/api/v1/patients/{id}/medication-orders/check" => order("Amoxicillin 500 MG Oral Capsule"),
            _ => everywhere::example(&document, method, template, &patient),
        };
        let mut statuses = vec![];
        for role in
            Role::ALL.into_iter().filter(|role| guard.admits(*role) && !matches!(role, Role::Patient | Role::Device))
        {
            let request = app.request(role, method.parse().expect("a method"), &path).await;
            let request = if *method == "GET" { request } else { request.json(&body) };
            let answer = request.answer().await;
            statuses.push(answer.status);
            // What is no JSON names them.
            let named = answer.body.as_str().is_some_and(|text| text.contains("Lind"));
            if answer.status != 200 || !(named || answer.body.to_string().contains(&patient)) {
                continue;
            }
            shown.push(*template);
            let request = answer.header("x-request-id").expect("a request id").to_owned();
            if owner.query(&entry, &[&request, &patient]).await.expect("the trail").is_empty() {
                unrecorded.push(format!("{method} {template} as {role}"));
            }
        }
        if template.contains('{') && !statuses.contains(&200) {
            unanswered.push(format!("{method} {template}: {statuses:?}"));
        }
    }
    shown.dedup();
    assert!(unrecorded.is_empty() && unanswered.is_empty(), "{unrecorded:#?} {unanswered:#?} {shown:#?}");
    assert!(shown.len() > 25, "{} routes showed somebody: {shown:#?}", shown.len());
    for route in [
        "/api/v1/accounts",
        "/api/v1/accounts/{id}",
        "/api/v1/alerts/{id}",
        "/api/v1/break-glass",
        "/api/v1/notes/search",
        "/api/v1/patients",
        "/api/v1/patients/match",
        "/api/v1/rules/backtests/{id}",
        "/api/v1/rules/backtests/{id}/patients",
        "/api/v1/rules/{id}/shadow",
        "/api/v1/schedules/{id}/calendar",
        "/api/v1/wards/{id}/beds",
    ] {
        assert!(shown.contains(&route), "{route} showed nobody: {shown:#?}");
    }
}
