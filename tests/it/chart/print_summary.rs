use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::charted;

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
