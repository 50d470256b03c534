use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{CLIENTS, Key, register, registration};
use crate::support::walk::both_ways;

/// SECURITY 38: nobody but who keeps accounts lets a system in.
#[tokio::test]
async fn an_administrator_keeps_the_clients() {
    let app = spawn_app().await;
    let key = Key::new("one");
    let wanted = registration(&key);
    for role in [Role::Doctor, Role::Nurse, Role::RuleAuthor, Role::Auditor, Role::Device] {
        app.post(role, CLIENTS, wanted.clone()).await.expect(403);
        app.get(role, CLIENTS).await.expect(403);
    }
    let id = register(&app, &wanted).await;
    let path = format!("{CLIENTS}/{id}");
    let read = app.get(Role::Admin, &path).await.expect(200);
    assert_eq!(read.header("etag"), Some("\"1\""));
    assert_eq!((&read.body["issuer"], &read.body["jwks"]), (&wanted["issuer"], &wanted["jwks"]));
    app.get(Role::Nurse, &path).await.expect(403);
    let twice = app.post(Role::Admin, CLIENTS, wanted.clone()).await;
    twice.expect_problem(409, "/problems/request/exists", &[]);
    app.patch(Role::Admin, &path, 1, json!({ "name": "Another EHR" })).await.expect(200);
    app.patch(Role::Admin, &path, 1, json!({ "name": "x" })).await.expect_problem(
        412,
        "/problems/request/stale",
        &["If-Match"],
    );
    let listed = app.get(Role::Admin, CLIENTS).await.expect(200);
    assert_eq!(listed.body["items"].as_array().expect("items").len(), 1);
    assert_eq!(listed.body["items"][0]["name"], "Another EHR");
    let delete = async |seen: Option<&str>| {
        let request = app.request(Role::Admin, Method::DELETE, &path).await;
        match seen {
            Some(seen) => request.header("if-match", seen).answer().await,
            None => request.answer().await,
        }
    };
    delete(None).await.expect(428);
    delete(Some("\"2\"")).await.expect(200);
    delete(Some("\"3\"")).await.expect_problem(404, "/problems/cds-client/unknown", &[]);
    app.get(Role::Admin, &path).await.expect(404);
    app.patch(Role::Admin, &path, 3, json!({ "name": "x" })).await.expect(404);
    assert_eq!(app.get(Role::Admin, CLIENTS).await.body["items"], json!([]));
    // The issuer is free again.
    register(&app, &wanted).await;
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_with_its_place() {
    let app = spawn_app().await;
    let key = Key::new("one");
    let with = |name: &str, value: serde_json::Value| {
        let mut wanted = registration(&key);
        wanted[name] = value;
        wanted
    };
    for (wanted, kind, place) in [
        (with("secret", json!("x")), "/problems/request/shape", "/secret"),
        (with("name", json!("")), "/problems/request/invalid", "/name"),
        (with("name", json!(" ")), "/problems/cds-client/unnamed", "/name"),
        (with("issuer", json!("a b")), "/problems/cds-client/issuer", "/issuer"),
        (with("jwks_url", json!("https://ehr.example.org/jwks.json")), "/problems/cds-client/no-keys", "/jwks"),
        (with("jwks", json!({ "keys": [] })), "/problems/cds-client/keys", "/jwks"),
        (
            with("jwks", json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0", "kid": "1" }] })),
            "/problems/cds-client/private-key",
            "/jwks",
        ),
        (
            with(
                "record",
                json!({ "identifier_system": "mrn", "service_account": "01a200e9-e08f-70fe-8fd8-d6168b34af01" }),
            ),
            "/problems/cds-client/system",
            "/record/identifier_system",
        ),
    ] {
        app.post(Role::Admin, CLIENTS, wanted).await.expect_problem(422, kind, &[place]);
    }
    let plain = with("fhir_servers", json!([{ "base": "http://ehr.example.org/fhir" }]));
    app.post(Role::Admin, CLIENTS, plain).await.expect_problem(422, "/problems/cds-client/address", &[]);
    assert_eq!(app.count("cds.client").await, 0);
}

#[tokio::test]
async fn clients_are_told_from_either_end() {
    let app = spawn_app().await;
    for n in 0..3 {
        let keys = format!("https://ehr-{n}.example.org/jwks.json");
        let body =
            json!({ "name": format!("EHR {n}"), "issuer": format!("https://ehr-{n}.example.org"), "jwks_url": keys });
        app.post(Role::Admin, CLIENTS, body).await.expect(201);
    }
    let all = both_ways(&app, Role::Admin, CLIENTS, "at").await;
    let shown = async |filter: &str| {
        app.get(Role::Admin, &format!("{CLIENTS}?{filter}")).await.expect(200).body["items"].clone()
    };
    assert_eq!(shown("issuer=https://ehr-1.example.org").await, json!([all[1]]));
    assert_eq!(shown("issuer=https://ehr-9.example.org").await, json!([]));
    assert_eq!(shown("reads_record=true").await, json!([]));
    let page = app.get(Role::Admin, &format!("{CLIENTS}?reads_record=false&limit=2")).await.expect(200).body;
    assert_eq!(page["items"], json!(all[..2]));
    assert!(page["next_cursor"].is_string(), "{page:#}");
}
