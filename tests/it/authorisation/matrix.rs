use std::collections::BTreeSet;

use healthcare_api::startup::{Guard, ROUTES, access_matrix, openapi, routes_of};
use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

/// SECURITY 27: a route without an entry, or an entry without a route, fails here.
#[test]
fn every_route_is_in_the_matrix() {
    let served: BTreeSet<_> = routes_of(&openapi()).into_iter().collect();
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let missing: Vec<_> = served.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&served).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not listed: {missing:?}; not served: {gone:?}");
    assert_eq!(listed.len(), ROUTES.len(), "listed once");
}

/// SECURITY 27: the page that is published is the matrix that is in force. `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_published_matrix_is_the_one_in_force() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ACCESS-MATRIX.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, access_matrix()).expect("written");
    }
    let published = std::fs::read_to_string(file).expect("docs/ACCESS-MATRIX.md");
    assert_eq!(published, access_matrix(), "run this test with UPDATE_DOCS=1");
}

/// SECURITY 27, 42: a path that is written otherwise is the same path: to the matrix, and to the trail.
#[tokio::test]
async fn no_way_of_writing_a_path_goes_around_the_matrix() {
    let app = spawn_app().await;
    let elsewise = |path: &str| {
        let (prefix, rest) = path.split_at("/api/v1/".len());
        format!("{prefix}%{:02x}{}", rest.as_bytes()[0], &rest[1..])
    };
    for (method, path, guard) in ROUTES.iter().filter(|(_, path, _)| path.starts_with("/api/v1/")) {
        if *guard == Guard::Public {
            continue;
        }
        let path = path.replace("{id}", "018f0000-0000-7000-8000-000000000001");
        let method: Method = method.parse().expect("a method");
        let plain = app.anonymous(method.clone(), &path).send().await.expect("an answer").status();
        let other = app.anonymous(method.clone(), &elsewise(&path)).send().await.expect("an answer").status();
        assert_eq!(plain, other, "{method} {path}");
    }
    app.request(Role::Receptionist, Method::GET, &elsewise("/api/v1/rules")).await.answer().await.expect(403);
    let sign_ins = "audit.entry where action = 'sign_in'";
    let before = app.count(sign_ins).await;
    let wrong = json!({ "username": "nobody", "password": "wrong" });
    app.anonymous(Method::POST, &elsewise("/api/v1/auth/login")).json(&wrong).answer().await.expect(401);
    assert_eq!(app.count(sign_ins).await, before + 1);
}

/// SECURITY 27: every route as every role over HTTP: 401 without a token, 403 for whose role may not, anything else for
/// whose may.
#[tokio::test]
async fn every_route_answers_every_role_as_the_matrix_says() {
    let app = spawn_app().await;
    let patient = app.platform.app.clock.new_id();
    let mut tokens = vec![];
    for role in Role::ALL {
        let own = (role == Role::Patient).then_some(healthcare_domain::id::PatientId(patient));
        tokens.push((role, app.sign_up(&format!("matrix-{role}"), role, own).await));
    }
    let mut wrong = vec![];
    for (method, template, guard) in ROUTES {
        let path =
            template.replace("{id}", &patient.to_string()).replace("{list}", "allergies").replace("{code}", "8867-4");
        let path = path.replace("{secret}", &patient.to_string()).replace("{session}", &patient.to_string());
        let path = path.replace("{number}", "1");
        let verb: Method = method.parse().expect("a method");
        let send = |token: Option<&str>| {
            let request = app.anonymous(verb.clone(), &path);
            let request = if *method == "GET" { request } else { request.json(&json!({})).header("if-match", "\"1\"") };
            token.into_iter().fold(request, |request, token| request.bearer_auth(token)).answer()
        };
        let without = send(None).await;
        if (*guard == Guard::Public) == (without.body["type"] == "/problems/access/unauthenticated") {
            wrong.push(format!("{method} {template} without a token: {}", without.status));
        }
        // Of one's own account; called here they would end the sign-ins of the others.
        if *guard == Guard::SignedIn {
            continue;
        }
        for (role, token) in &tokens {
            let answer = send(Some(token)).await;
            let denied = answer.status == 403 && answer.body["type"] == "/problems/access/denied";
            if denied == guard.admits(*role) || (answer.status == 401 && *guard != Guard::Public) {
                wrong.push(format!("{method} {template} as {role}: {} {}", answer.status, answer.body["type"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
