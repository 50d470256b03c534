use healthcare_api::surface::{SurfaceSettings, TlsFiles};
use healthcare_application::Role;
use healthcare_tests::{
    app::{Ask, Backing, spawn_app_with},
    certificates::{Authority, Issued},
};
use reqwest::Method;
use serde_json::json;

use super::{ACCOUNTS, TOKEN, endings::refused, text, with};

/// SECURITY 39: a device is known by a client certificate that its account names and the site's authority signed; what it
/// got by it ends with it (SECURITY 22).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_stands_for_a_secret() {
    let authority = Authority::new();
    let (server, monitor, other) = (authority.issue("server"), authority.issue("monitor"), authority.issue("other"));
    let elsewhere = Authority::new();
    let stranger = elsewhere.issue("monitor");
    let tls = TlsFiles {
        certificate: server.certificate.clone(),
        key: server.key.clone(),
        client_ca: Some(authority.certificate()),
    };
    let surface = SurfaceSettings { tls: Some(tls), ..SurfaceSettings::default() };
    let mut app = spawn_app_with(Backing { surface, ..Backing::default() }).await;
    app.speak_through(authority.client().build().expect("a client"), "https");
    let client = |of: Option<&Issued>| match of {
        Some(issued) => authority.client().identity(issued.identity()).build().expect("a client"),
        None => authority.client().build().expect("a client"),
    };
    let new = json!({ "name": "Monitor", "purpose": "x", "role": "lab_technician", "scopes": ["read_directory"] });
    let id = app.post(Role::Admin, ACCOUNTS, new).await.expect(201).id();
    let ask = async |of: Option<&Issued>| {
        let form = [("grant_type", "client_credentials"), ("client_id", id.as_str())];
        client(of).post(format!("{}{TOKEN}", app.url)).form(&form).answer().await
    };
    ask(Some(&monitor)).await.expect_problem(401, "/problems/access/invalid-client", &[]);
    let bind = format!("{ACCOUNTS}/{id}/certificate");
    app.post(Role::Admin, &bind, json!({ "sha256": monitor.fingerprint() })).await.expect(200);
    let token = ask(Some(&monitor)).await.expect(200);
    assert_eq!(text(&token, "scope"), "read_directory");
    let token = text(&token, "access_token");
    with(&app, &token, Method::GET, "/api/v1/patients?name=nobody").await.expect(200);
    ask(Some(&other)).await.expect(401);
    ask(None).await.expect(401);
    // Of another authority: the handshake itself fails.
    let shown = client(Some(&stranger)).get(format!("{}/livez", app.url)).send().await;
    assert!(shown.is_err(), "{shown:?}");
    app.post(Role::Admin, &bind, json!({ "sha256": null })).await.expect(200);
    ask(Some(&monitor)).await.expect(401);
    refused(&app, &token).await;
}
