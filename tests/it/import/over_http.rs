use std::net::TcpListener;

use healthcare_api::{
    config::Settings,
    startup::{Parts, Running},
};
use healthcare_application::Role;
use healthcare_infrastructure::access::NewAccount;
use healthcare_tests::login::Login;
use serde_json::{Value, json};

use super::{Site, fixture, site};

/// The server's address, and a token of each role asked for.
async fn serve(site: &Site, roles: &[Role]) -> (String, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
    let settings = Settings::embedded(site.places.data_dir.clone());
    Running::start(site.platform.clone(), &site.places, &settings, Parts::all(), listener).await.unwrap();
    let access = &site.platform.access;
    let mut tokens = vec![];
    for role in roles {
        let new = NewAccount { username: role.as_str().into(), role: *role, patient: None, device: None };
        let login = Login::made(access, new, "a long enough pass phrase").await;
        tokens.push(login.sign_in(base.trim_end_matches("/api/v1")).await);
    }
    (base, tokens)
}

#[tokio::test]
async fn records_are_imported_over_http_by_who_may() {
    let site = site().await;
    let (base, tokens) = serve(&site, &[Role::Admin, Role::Nurse]).await;
    let body = std::fs::read(fixture("fhir/hospital.json")).unwrap();
    let post = async |token: &str, query: &str| {
        let request = reqwest::Client::new().post(format!("{base}/imports{query}")).bearer_auth(token);
        request.body(body.clone()).send().await.unwrap()
    };
    assert_eq!(post("nobody", "").await.status(), 401);
    assert_eq!(post(&tokens[1], "").await.status(), 403);
    assert_eq!(post(&tokens[0], "?origin=x").await.status(), 400);
    assert_eq!(site.count("select count(*) from es.event where stream_type <> 'account'").await, 0);

    let answer = post(&tokens[0], "").await;
    assert_eq!(answer.status(), 200);
    let report: Value = answer.json().await.unwrap();
    assert_eq!(report["resources"]["Patient"], json!({ "read": 1, "stored": 1, "known": 0, "kept": 0, "refused": 0 }));
    assert_eq!(report["refusals"], json!([]));
    let actors = site.count("select count(distinct meta->>'actor') from es.event where meta->>'role' = 'admin'").await;
    assert_eq!(actors, 1, "each event names who imported it");
}
