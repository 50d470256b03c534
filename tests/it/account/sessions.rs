use std::time::{Duration, Instant};

use healthcare_application::Role;
use healthcare_tests::{
    app::{TestApp, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ask, id_of, post};
use crate::live::follower::Follower;

/// SECURITY 22.
const HOLDS_WITHIN: Duration = Duration::from_secs(5);
const REFRESH: &str = "/api/v1/auth/refresh";

async fn pair(app: &TestApp, name: &str, steps: i64) -> (String, Value) {
    let pair = post(app, "/api/v1/auth/login", app.login(name).await.body(steps)).await.expect(200).body;
    (pair["access_token"].as_str().expect("a token").to_owned(), pair["refresh_token"].clone())
}

async fn refused(app: &TestApp, token: &str) {
    until("the token is refused", HOLDS_WITHIN, async || {
        (ask(app, token, Method::GET, "/api/v1/patients", None).await.status == 401).then_some(())
    })
    .await;
}

/// SECURITY 22 to 25: sessions are listed and ended by their owner; it holds on HTTP and on open WebSockets.
#[tokio::test]
async fn an_owner_lists_and_ends_their_sessions() {
    let app = spawn_app().await;
    let here = app.sign_up("ada", Role::Nurse, None).await;
    let (there, _) = pair(&app, "ada", 1).await;
    let list = ask(&app, &here, Method::GET, "/api/v1/auth/sessions", None).await.expect(200);
    let ids: Vec<&str> =
        list.body["items"].as_array().expect("a list").iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(list.body["current"], ids[1], "the newest first");
    assert_eq!(list.body["items"][0]["address"], "127.0.0.1");
    let (mut live, _) = Follower::new(&app.url, &there, "").await;
    let began = Instant::now();
    let path = format!("/api/v1/auth/sessions/{}", ids[0]);
    let stranger = app.token(Role::Doctor).await;
    ask(&app, &stranger, Method::DELETE, &path, None).await.expect(404);
    ask(&app, &here, Method::DELETE, &path, None).await.expect(204);
    ask(&app, &here, Method::DELETE, &path, None).await.expect(404);
    refused(&app, &there).await;
    let code = loop {
        if let Err(code) = live.next().await {
            break code;
        }
    };
    assert_eq!(code, 4401);
    assert!(began.elapsed() < HOLDS_WITHIN, "{:?}", began.elapsed());
    ask(&app, &here, Method::GET, "/api/v1/patients", None).await.expect(200);
    ask(&app, &here, Method::POST, "/api/v1/auth/logout", None).await.expect(204);
    refused(&app, &here).await;
}

/// SECURITY 22 and 25: a manager ends them, and it holds on every node, by the feed they share.
#[tokio::test]
async fn a_manager_ends_sessions_on_every_node() {
    let app = spawn_app().await;
    let token = app.sign_up("ada", Role::Nurse, None).await;
    let other = app.platform.access.clone();
    let stop = tokio_util::sync::CancellationToken::new();
    let node = tokio::spawn(other.clone().follow(app.places.database_url.clone(), stop.clone()));
    assert!(other.verify(&token).await.is_ok());
    let id = id_of(&app, "ada").await;
    let sessions = app.get(Role::Admin, &format!("/api/v1/accounts/{id}/sessions")).await.expect(200);
    let session = sessions.body["items"][0]["id"].as_str().expect("one").to_owned();
    let admin = app.token(Role::Admin).await;
    let foreign = format!("/api/v1/accounts/{}/sessions/{session}", id_of(&app, "admin").await);
    ask(&app, &admin, Method::DELETE, &foreign, None).await.expect(404);
    ask(&app, &admin, Method::DELETE, &format!("/api/v1/accounts/{id}/sessions/{session}"), None).await.expect(204);
    until("the other node refuses", HOLDS_WITHIN, async || other.verify(&token).await.is_err().then_some(())).await;
    refused(&app, &token).await;
    assert_eq!(
        app.count(&format!("es.event where stream_id = '{id}' and event_type = 'access.account.sessions_ended'")).await,
        1
    );
    stop.cancel();
    node.await.expect("it stops");
}

/// SECURITY 22: a change of role ends what was signed in with the old one.
#[tokio::test]
async fn a_role_change_ends_the_sessions() {
    let app = spawn_app().await;
    let token = app.sign_up("ada", Role::Nurse, None).await;
    let path = format!("/api/v1/accounts/{}/role", id_of(&app, "ada").await);
    app.post(Role::Admin, &path, json!({ "role": "receptionist", "reason": "moved" })).await.expect(200);
    refused(&app, &token).await;
}

/// SECURITY 34: a node that hears nothing asks the database, and lets nobody in when that is silent.
#[tokio::test]
async fn a_node_that_hears_nothing_does_not_guess() {
    let app = spawn_app().await;
    let token = app.sign_up("ada", Role::Nurse, None).await;
    let deaf = app.platform.access.clone();
    assert!(deaf.verify(&token).await.is_ok());
    ask(&app, &token, Method::POST, "/api/v1/auth/logout", None).await.expect(204);
    assert!(deaf.verify(&token).await.is_err(), "at once, from the database");
    let token = app.token(Role::Doctor).await;
    assert!(deaf.verify(&token).await.is_ok());
    app.platform.db.close();
    assert!(deaf.verify(&token).await.is_err());
}

/// SECURITY 19 and 42: a refresh token works once; a lost answer is forgiven while its successor is unused; reuse ends all,
/// and the trail says so.
#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session() {
    let app = spawn_app().await;
    app.sign_up("ada", Role::Device, None).await;
    let (access, first) = pair(&app, "ada", 0).await;
    let refresh = |token: &Value| post(&app, REFRESH, json!({ "refresh_token": token }));
    let lost = refresh(&first).await.expect(200).body["refresh_token"].clone();
    let second = refresh(&first).await.expect(200).body["refresh_token"].clone();
    let third = refresh(&second).await.expect(200).body["refresh_token"].clone();
    refresh(&third).await.expect(200);
    refresh(&first).await.expect_problem(401, "/problems/access/unauthenticated", &[]);
    refresh(&third).await.expect(401);
    until("its access tokens are refused", HOLDS_WITHIN, async || {
        (ask(&app, &access, Method::GET, "/api/v1/auth/sessions", None).await.status == 401).then_some(())
    })
    .await;
    refresh(&lost).await.expect(401);
    // Kept is what the token hashes to, and nothing that opens anything.
    let given = [&first, &lost, &second, &third].map(|token| token.as_str().expect("a token").to_owned());
    for token in given {
        let digest = format!("auth.refresh_token where token_hash = sha256('{token}')");
        assert_eq!(app.count(&digest).await, 1, "its digest");
        let whole = format!("auth.refresh_token t where encode(token_hash, 'escape') || t::text like '%{token}%'");
        assert_eq!(app.count(&whole).await, 0, "and not itself");
    }
    // Who looks into the trail is told whose session it was, and why it ended: a copy was used beside its owner.
    let ada = id_of(&app, "ada").await;
    let reused =
        format!("audit.entry where subject = '{ada}' and action = 'refresh' and reason = 'refresh-token-reused'");
    assert_eq!(app.count(&reused).await, 1);
}

/// Whoever got the answer that was taken for lost was somebody else.
#[tokio::test]
async fn both_answers_of_one_refresh_cannot_be_used() {
    let app = spawn_app().await;
    app.sign_up("ada", Role::Device, None).await;
    let (_, first) = pair(&app, "ada", 0).await;
    let refresh = |token: &Value| post(&app, REFRESH, json!({ "refresh_token": token }));
    let (one, other) = (refresh(&first).await.expect(200).body, refresh(&first).await.expect(200).body);
    refresh(&one["refresh_token"]).await.expect(401);
    refresh(&other["refresh_token"]).await.expect(401);
}

/// SECURITY 20 and 21: a session ends by its time, and by idleness; a refresh is no use of it.
#[tokio::test]
async fn a_session_ends_by_its_time_and_by_idleness() {
    let app = spawn_app().await;
    app.sign_up("ada", Role::Device, None).await;
    let refresh = |token: &Value| post(&app, REFRESH, json!({ "refresh_token": token }));
    for (past, why) in [
        ("expires_at = clock_timestamp() - interval '1 second'", "expired"),
        ("seen_at = clock_timestamp() - interval '31 minutes'", "idle"),
    ] {
        let (_, token) = pair(&app, "ada", 0).await;
        let token = refresh(&token).await.expect(200).body["refresh_token"].clone();
        app.owner()
            .await
            .batch_execute(&format!("update auth.session set {past} where ended_at is null"))
            .await
            .expect("later");
        refresh(&token).await.expect(401);
        assert_eq!(app.count(&format!("auth.session where ended_why = '{why}'")).await, 1, "{why}");
    }
}

/// SECURITY 20: a token that is issued shortly before its session ends, ends with it.
#[tokio::test]
async fn an_access_token_does_not_outlive_its_session() {
    let app = spawn_app().await;
    app.sign_up("ada", Role::Device, None).await;
    let (_, token) = pair(&app, "ada", 0).await;
    let soon = "update auth.session set expires_at = clock_timestamp() + interval '1 minute' where ended_at is null";
    app.owner().await.batch_execute(soon).await.expect("later");
    let last = post(&app, REFRESH, json!({ "refresh_token": token })).await.expect(200).body;
    let issued = last["access_token"].as_str().expect("a token");
    let (ada, until) = app.platform.access.verify_until(issued).await.expect("it stands");
    let session = ada.session.expect("a session");
    let outlived = format!("auth.session where id = '{session}' and expires_at < '{}'", until.to_rfc3339());
    assert_eq!((app.count(&format!("auth.session where id = '{session}'")).await, app.count(&outlived).await), (1, 0));
    assert!(last["expires_in"].as_i64().is_some_and(|seconds| seconds <= 60), "{last}");
}
