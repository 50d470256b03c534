use healthcare_api::startup::ROUTES;
use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Staff, everywhere, registered};

/// What reads although it is no GET.
const ASKS: [&str; 2] = ["/api/v1/patients/match", "/api/v1/notes/search"];
/// What names patients and shows nothing of them: the trail itself, of which each search is an entry.
const NAMES_ONLY: [&str; 2] = ["/api/v1/audit", "/api/v1/audit/export"];

/// SECURITY 40: whoever is in an answer has an entry of that request, whichever route, list or search it is and whoever asks.
/// The routes are those of the matrix, so that a new one is tried, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn security_40_whoever_an_answer_shows_is_recorded() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let mut record = everywhere::record(&app, &patient).await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let emergency = json!({ "reason": "found unconscious in the entrance hall", "purpose": "ETREAT" });
    let glass = doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency).await.expect(201).id();
    record.insert("break-glass", glass);
    let document = app.anonymous(Method::GET, "/api/v1/openapi.json").answer().await.expect(200).body;
    let owner = app.owner().await;
    let entry = owner.prepare("select from audit.entry where request = $1::text::uuid and patient = $2::text::uuid");
    let entry = entry.await.expect("a statement");
    let (mut unrecorded, mut shown) = (vec![], vec![]);
    for (method, template, guard) in ROUTES {
        let reads = *method == "GET" || ASKS.contains(template);
        if !reads || template.ends_with("/live") || NAMES_ONLY.contains(template) {
            continue;
        }
        let id = record.get(template.split('/').nth(3).unwrap_or_default()).unwrap_or(&patient);
        let path = template
            .replace("{id}", id)
            .replace("{list}", "allergies")
            .replace("{code}", "8867-4")
            .replace("{name}", "map")
            .replace("{number}", "1");
        let path = if *template == "/api/v1/patients" { format!("{path}?name=Lind") } else { path };
        let body = match *template {
            "/api/v1/patients/match" => {
                json!({ "names": [{ "family": "Lind", "given": ["Ana"] }], "birth_date": "1950-01-01" })
            }
            _ => everywhere::example(&document, method, template, &patient),
        };
        for role in
            Role::ALL.into_iter().filter(|role| guard.admits(*role) && !matches!(role, Role::Patient | Role::Device))
        {
            let request = app.request(role, method.parse().expect("a method"), &path).await;
            let request = if *method == "GET" { request } else { request.json(&body) };
            let answer = request.answer().await;
            if answer.status != 200 || !answer.body.to_string().contains(&patient) {
                continue;
            }
            shown.push(*template);
            let request = answer.header("x-request-id").expect("a request id").to_owned();
            if owner.query(&entry, &[&request, &patient]).await.expect("the trail").is_empty() {
                unrecorded.push(format!("{method} {template} as {role}"));
            }
        }
    }
    assert!(unrecorded.is_empty(), "{unrecorded:#?}");
    shown.dedup();
    assert!(shown.len() > 25, "{} routes showed somebody: {shown:#?}", shown.len());
    for list in ["/api/v1/patients", "/api/v1/patients/match", "/api/v1/break-glass"] {
        assert!(shown.contains(&list), "{list} showed nobody");
    }
}
