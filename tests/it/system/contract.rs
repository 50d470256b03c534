//! The OpenAPI document as integrators get it.

use std::process::Command;

use healthcare_application::Role;
use healthcare_tests::{
    app::{Answer, Ask, TestApp, spawn_app},
    packages,
};
use reqwest::Method;
use serde_json::Value;

use crate::identity::{merge, person, registered};

const PATH: &str = "/api/v1/openapi.json";

/// An operation: its method, its path, and what the document says of it.
type Operation = (Method, String, Value);

async fn document(app: &TestApp) -> Answer {
    app.anonymous(Method::GET, PATH).answer().await.expect(200)
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = vec![];
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let operation = &item[method.as_str().to_lowercase()];
            if operation.is_object() {
                all.push((method, path.clone(), operation.clone()));
            }
        }
    }
    assert!(all.len() > 40, "{} operations", all.len());
    all
}

/// The parts of a body or an answer without an example.
fn without_example(content: &Value) -> Vec<&String> {
    let media = content.as_object().into_iter().flatten();
    media.filter(|(_, media)| media["example"].is_null() && media["examples"].is_null()).map(|(name, _)| name).collect()
}

#[tokio::test]
async fn the_document_passes_its_linter() {
    let app = spawn_app().await;
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("openapi.json");
    std::fs::write(&file, document(&app).await.body.to_string()).expect("written");
    let programs = packages("spectral");
    let mut spectral = Command::new(programs.join("node_modules/.bin/spectral"));
    spectral.args(["lint", "--fail-severity", "warn", "--ruleset"]).arg(programs.join("ruleset.yaml")).arg(&file);
    let linted = spectral.output().expect("the linter runs");
    assert!(linted.status.success(), "{}", String::from_utf8_lossy(&linted.stdout));
}

#[tokio::test]
async fn every_operation_says_what_it_does_shows_an_example_and_names_its_security() {
    let app = spawn_app().await;
    let document = document(&app).await.body;
    assert_eq!(document["security"], serde_json::json!([{ "bearer": [] }]), "a bearer's token unless said otherwise");
    let mut wanting = vec![];
    for (method, path, operation) in operations(&document) {
        let mut wants = |what: &str| wanting.push(format!("{method} {path}: {what}"));
        if operation["description"].as_str().is_none_or(str::is_empty) {
            wants("a description");
        }
        if !without_example(&operation["requestBody"]["content"]).is_empty() {
            wants("an example of its body");
        }
        let responses = operation["responses"].as_object().expect("responses");
        for (status, response) in responses {
            if status.starts_with('2') && !without_example(&response["content"]).is_empty() {
                wants("an example of its answer");
            }
        }
        // Public is what says so by an empty requirement, and nothing by oversight.
        let security = &operation["security"];
        if !security.is_null() && *security != serde_json::json!([{}]) && *security != serde_json::json!([]) {
            let named = security.as_array().is_some_and(|all| all.iter().all(|one| one != &serde_json::json!({})));
            if !named {
                wants("one security, or none at all");
            }
        }
    }
    assert!(wanting.is_empty(), "{wanting:#?}");
}

#[tokio::test]
async fn what_is_not_public_is_refused_without_a_token() {
    let app = spawn_app().await;
    let mut asked = 0;
    for (method, path, operation) in operations(&document(&app).await.body) {
        if !operation["security"].is_null() {
            continue;
        }
        let parts = path.split('/').map(|part| match part {
            "{list}" => "allergies",
            "{code}" => "59408-5",
            "{number}" => "1",
            part if part.starts_with('{') => "00000000-0000-0000-0000-000000000000",
            part => part,
        });
        let place = parts.collect::<Vec<_>>().join("/");
        for token in [None, Some("not.a.token")] {
            let mut request = app.anonymous(method.clone(), &place);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = request.answer().await;
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.body);
        }
        asked += 1;
    }
    assert!(asked > 30, "{asked}");
}

#[tokio::test]
async fn swagger_ui_shows_the_same_document_with_assets_of_our_own() {
    let app = spawn_app().await;
    let page = app.anonymous(Method::GET, "/docs/").answer().await.expect(200);
    assert!(page.body.to_string().contains("swagger-ui"), "{}", page.body);
    let script = app.anonymous(Method::GET, "/docs/swagger-initializer.js").answer().await.expect(200);
    assert!(script.body.to_string().contains(PATH), "{}", script.body);
}

/// Whoever asks for the record of a patient who was merged is told where it is, and the document says so of each operation.
#[tokio::test]
async fn what_a_merged_patient_answers_stands_in_the_document() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "D-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "D-2")).await;
    merge(&app, &ana, &eva).await.expect(200);
    let document = document(&app).await.body;
    let mut merged = 0;
    for (method, path, operation) in operations(&document) {
        let described = |status: u16| operation["responses"][status.to_string()].is_object();
        if method != Method::GET || !path.starts_with("/api/v1/patients/{id}") {
            continue;
        }
        let asked = path.replace("{id}", &eva).replace("{list}", "problems");
        assert!(!asked.contains('{'), "{asked} names something else");
        let answer = app.get(Role::Doctor, &asked).await;
        assert!(described(answer.status), "{method} {path} answers {}", answer.status);
        merged += usize::from(answer.status == 409);
    }
    assert!(merged > 5, "{merged} operations name the survivor");
}
