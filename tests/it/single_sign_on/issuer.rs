use std::{net::TcpListener, sync::mpsc};

use actix_web::{App, HttpResponse, HttpServer, web};
use healthcare_application::Role;
use healthcare_infrastructure::access::oidc::OidcSettings;
use healthcare_tests::{
    app::{Ask, Backing, spawn_app, spawn_app_with},
    oidc::Browser,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{nurse, site};

const START: &str = "/api/v1/auth/oidc/start";
const UNAVAILABLE: &str = "/problems/access/sso-unavailable";

/// An issuer that is down takes single sign-on with it and nothing else; when it is back, so is single sign-on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_that_is_down_takes_nothing_else_with_it() {
    let (app, mut provider) = site(|_| {}, nurse(), "ES256").await;
    let mut browser = Browser::new();
    let back = browser.sign_in_at_provider(&app.url, "n-1").await;
    provider.stop();
    browser.get(&back).await.answer.expect_problem(503, UNAVAILABLE, &[]);
    app.sign_up("by-password", Role::Nurse, None).await;
    assert_eq!(app.anonymous(Method::GET, "/readyz").answer().await.status, 200);
}

/// Without an issuer there is no such way in.
#[tokio::test]
async fn without_an_issuer_there_is_no_such_way_in() {
    let app = spawn_app().await;
    for path in [START, "/api/v1/auth/oidc/callback?state=x&code=y"] {
        let answer = app.anonymous(Method::GET, path).answer().await;
        answer.expect_problem(404, "/problems/access/sso-not-configured", &[]);
    }
}

/// A server that describes itself as an issuer in these words, until the test ends.
fn described(document: impl Fn(&str) -> Value + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let document = document(&url);
    let (told, hears) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || {
                let document = document.clone();
                App::new().default_service(web::to(move || {
                    let document = document.clone();
                    async move { HttpResponse::Ok().json(document) }
                }))
            });
            let server = server.workers(1).disable_signals().listen(listener).expect("listens").run();
            told.send(()).expect("the test waits");
            server.await.ok();
        });
    });
    hears.recv().expect("it runs");
    url
}

/// The hole "SSRF by prefix match" (HAPI CVE-2026-34359): endpoints are on the issuer's own origin, to the letter, or on
/// one that the settings name; and an issuer calls itself what the settings call it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_sends_nobody_elsewhere() {
    let whole = |url: &str| {
        json!({ "issuer": url, "authorization_endpoint": format!("{url}/auth"),
                "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/jwks") })
    };
    let with = |field: &'static str, value: &'static str| {
        move |url: &str| {
            let mut document = whole(url);
            document[field] = if value.starts_with("http") { json!(value) } else { json!(format!("{url}{value}")) };
            document
        }
    };
    let mut documents: Vec<(bool, String)> = vec![(true, described(whole))];
    for (field, value) in [
        ("jwks_uri", "http://169.254.169.254/latest/meta-data"),
        ("token_endpoint", ".evil.example/token"),
        ("token_endpoint", "@evil.example/token"),
        ("authorization_endpoint", "https://evil.example/auth"),
        ("issuer", "https://evil.example"),
        ("issuer", "/"),
    ] {
        documents.push((false, described(with(field, value))));
    }
    for (good, issuer) in documents {
        let settings = OidcSettings::new(&issuer, "hc", "secret".to_owned().into(), "http://127.0.0.1:1");
        let oidc = Some(settings.expect("settings"));
        let app = spawn_app_with(Backing { oidc, ..Backing::default() }).await;
        let page = Browser::new().get(&format!("{}{START}", app.url)).await;
        if good {
            let to = page.location.expect("to the issuer");
            assert!(to.starts_with(&format!("{issuer}/auth?response_type=code&client_id=hc")), "{to}");
            assert!(to.contains("&code_challenge_method=S256") && to.contains("&nonce=") && to.contains("&state="));
            let cookie = page.answer.header("set-cookie").expect("a cookie").to_owned();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        } else {
            page.answer.expect_problem(503, UNAVAILABLE, &[]);
        }
    }
}
