use std::time::Duration;

use healthcare_application::Role;
use healthcare_infrastructure::platform::Platform;
use healthcare_tests::{
    app::{Answer, Ask, TestApp, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ACCOUNTS, ask, create, issue, text, with};

const DIRECTORY: &str = "/api/v1/patients?name=nobody";
/// SECURITY 22.
const HOLDS_WITHIN: Duration = Duration::from_secs(5);

/// SECURITY 22 and 39: a secret that is taken back takes the tokens with it that were got by it, on every node, and no
/// others; a node that hears nothing asks the database.
#[tokio::test]
async fn what_a_program_got_by_a_secret_ends_with_it() {
    let app = spawn_app().await;
    let id = create(&app, "lab_technician", json!(["read_directory"])).await;
    let (first, second) = (issue(&app, &id).await.expect(201), issue(&app, &id).await.expect(201));
    let got =
        async |of: &Answer| text(&ask(&app, &id, &text(of, "client_secret"), None).await.expect(200), "access_token");
    let (old, new) = (got(&first).await, got(&second).await);
    let elsewhere = Platform::open(&app.places).await.expect("a node that follows nothing");
    let (deaf, node) = (elsewhere.access.clone(), app.platform.access.clone());
    let stop = tokio_util::sync::CancellationToken::new();
    let follows = tokio::spawn(node.clone().follow(app.places.database_url.clone(), stop.clone()));
    for token in [&old, &new] {
        with(&app, token, Method::GET, DIRECTORY).await.expect(200);
        assert!(node.verify(token).await.is_ok() && deaf.verify(token).await.is_ok());
    }
    let revoke = format!("{ACCOUNTS}/{id}/secrets/{}/revoke", text(&first, "id"));
    app.post(Role::Admin, &revoke, json!({})).await.expect(200);
    refused(&app, &old).await;
    until("the other node refuses", HOLDS_WITHIN, async || node.verify(&old).await.is_err().then_some(())).await;
    assert!(deaf.verify(&old).await.is_err(), "at once, from the database");
    with(&app, &new, Method::GET, DIRECTORY).await.expect(200);
    assert!(node.verify(&new).await.is_ok() && deaf.verify(&new).await.is_ok());
    app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/disable"), json!({ "reason": "retired" })).await.expect(200);
    refused(&app, &new).await;
    stop.cancel();
    follows.await.expect("it stops");
}

/// Waits until a token opens nothing.
pub async fn refused(app: &TestApp, token: &str) {
    until("the token is refused", HOLDS_WITHIN, async || {
        (with(app, token, Method::GET, DIRECTORY).await.status == 401).then_some(())
    })
    .await;
}

/// SECURITY 26: a program is let in by who has shown their second factor within five minutes; it is locked out by who
/// may keep accounts, at once.
#[tokio::test]
async fn a_program_is_let_in_by_who_has_stepped_up() {
    let app = spawn_app().await;
    let id = create(&app, "lab_technician", json!(["record_result"])).await;
    let secret = text(&issue(&app, &id).await.expect(201), "id");
    // The same sign-in, six minutes on.
    let login = app.login("admin").await;
    let signs_in = app.anonymous(Method::POST, "/api/v1/auth/login").json(&login.body(1));
    let pair = signs_in.answer().await.expect(200).body;
    let later = "update auth.session set second_factor_at = second_factor_at - interval '6 minutes'";
    app.owner().await.batch_execute(later).await.expect("later");
    let again = json!({ "refresh_token": pair["refresh_token"] });
    let refreshed = app.anonymous(Method::POST, "/api/v1/auth/refresh").json(&again).answer().await.expect(200);
    let later = text(&refreshed, "access_token");
    let send = async |path: String, body: Value| {
        app.anonymous(Method::POST, &path).bearer_auth(&later).json(&body).answer().await
    };
    let new = json!({ "name": "x", "purpose": "y", "role": "lab_technician", "scopes": ["record_result"] });
    let because = json!({ "reason": "so it is" });
    let bound = json!({ "sha256": "ab".repeat(32) });
    let of = |act: &str| format!("{ACCOUNTS}/{id}/{act}");
    for (path, body) in [
        (ACCOUNTS.to_owned(), new),
        (of("secrets"), json!({})),
        (of("certificate"), bound),
        (of("enable"), because.clone()),
    ] {
        send(path, body).await.expect_problem(403, "/problems/access/step-up-required", &[]);
    }
    assert_eq!(app.count("auth.service_secret").await, 1, "no secret was made");
    assert_eq!(app.count("auth.service_account").await, 1, "no account was made");
    send(of(&format!("secrets/{secret}/revoke")), json!({})).await.expect(200);
    send(of("certificate"), json!({ "sha256": null })).await.expect(200);
    send(of("disable"), because).await.expect(200);
}
