use std::time::{Duration, Instant};

use healthcare_application::Role;
use healthcare_domain::id::AccountId;
use healthcare_tests::{
    app::{Ask, TestApp, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::follower::{Follower, connect};

#[tokio::test]
async fn only_who_is_signed_in_and_may_follows() {
    let app = spawn_app().await;
    let refused =
        |outcome: Result<Follower, (u16, Value)>| outcome.err().map(|(status, body)| (status, body["type"].clone()));
    assert_eq!(refused(connect(&app.url, "", &[]).await), Some((401, json!("/problems/access/unauthenticated"))));
    let receptionist = format!("Bearer {}", app.token(Role::Receptionist).await);
    let status = refused(connect(&app.url, "", &[("authorization", &receptionist)]).await).map(|(status, _)| status);
    assert_eq!(status, Some(403));
    let nurse = format!("Bearer {}", app.token(Role::Nurse).await);
    for query in ["?position=-1", "?position=7", "?patients=me", "?colour=red"] {
        let status = refused(connect(&app.url, query, &[("authorization", &nurse)]).await).map(|(status, _)| status);
        assert_eq!(status, Some(400), "{query}");
    }
    let plain = app.get(Role::Nurse, "/api/v1/live").await;
    assert_eq!(plain.status, 400, "without a handshake");
}

/// SECURITY 52: a ticket works once, and is no token.
#[tokio::test]
async fn a_ticket_opens_one_connection_and_is_kept_as_a_hash() {
    let app = spawn_app().await;
    let answer = app.post(Role::Nurse, "/api/v1/live/tickets", json!({})).await.expect(201);
    let ticket = answer.body["ticket"].as_str().expect("a ticket").to_owned();
    assert_eq!(answer.body["expires_in"], 30);
    let query = format!("?ticket={ticket}");
    let stored: String =
        app.owner().await.query_one("select t::text from live.ticket t", &[]).await.expect("one").get(0);
    assert!(!stored.contains(&ticket));
    let mut live = connect(&app.url, &query, &[]).await.expect("a connection");
    assert_eq!(live.next().await.expect("a hello")["kind"], "hello");
    let again = connect(&app.url, &query, &[]).await.err().map(|(status, _)| status);
    assert_eq!(again, Some(401), "a second time");
    let late =
        app.post(Role::Nurse, "/api/v1/live/tickets", json!({})).await.body["ticket"].as_str().expect("one").to_owned();
    app.owner()
        .await
        .batch_execute("update live.ticket set expires_at = clock_timestamp()")
        .await
        .expect("time passes");
    assert_eq!(connect(&app.url, &format!("?ticket={late}"), &[]).await.err().map(|(status, _)| status), Some(401));
    app.anonymous(Method::POST, "/api/v1/live/tickets").answer().await.expect(401);
    app.post(Role::Receptionist, "/api/v1/live/tickets", json!({})).await.expect(403);
}

/// SECURITY 22, 52: a ticket opens nothing once the sign-in it was got with has ended, on whichever node that was.
#[tokio::test]
async fn a_ticket_ends_with_the_sign_in_it_was_got_with() {
    let app = spawn_app().await;
    let token = app.sign_up("leaver", Role::Nurse, None).await;
    let ticket = async || {
        let asks = app.anonymous(Method::POST, "/api/v1/live/tickets").bearer_auth(&token).json(&json!({}));
        asks.answer().await.expect(201).body["ticket"].as_str().expect("a ticket").to_owned()
    };
    let (used, kept) = (ticket().await, ticket().await);
    assert!(connect(&app.url, &format!("?ticket={used}"), &[]).await.is_ok(), "else nothing is shown");
    app.platform.access.end_sessions(account(&app, "leaver").await, None, "ended").await.expect("ended");
    until("the sign-in has ended here too", Duration::from_secs(5), async || {
        let asks = app.anonymous(Method::GET, "/api/v1/auth/sessions").bearer_auth(&token);
        (asks.answer().await.status == 401).then_some(())
    })
    .await;
    let refused = connect(&app.url, &format!("?ticket={kept}"), &[]).await.err();
    assert_eq!(
        refused.map(|(status, body)| (status, body["type"].clone())),
        Some((401, json!("/problems/access/unauthenticated")))
    );
}

/// SECURITY 22: what another node ends is heard on the connections of this one, those opened by a ticket as well.
#[tokio::test]
async fn what_another_node_ends_is_closed_within_five_seconds() {
    let app = spawn_app().await;
    let token = app.sign_up("leaver", Role::Nurse, None).await;
    let asks = app.anonymous(Method::POST, "/api/v1/live/tickets").bearer_auth(&token).json(&json!({}));
    let ticket = asks.answer().await.expect(201).body["ticket"].as_str().expect("a ticket").to_owned();
    let (by_token, _) = Follower::new(&app.url, &token, "").await;
    let by_ticket = connect(&app.url, &format!("?ticket={ticket}"), &[]).await.expect("a connection");
    // The test's own adapters are a node beside the server's.
    app.platform.access.end_sessions(account(&app, "leaver").await, None, "ended").await.expect("ended");
    let began = Instant::now();
    for mut live in [by_token, by_ticket] {
        let code = loop {
            if let Err(code) = live.next().await {
                break code;
            }
        };
        assert_eq!(code, 4401);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}

async fn account(app: &TestApp, name: &str) -> AccountId {
    let select = "select id from auth.account where username = $1";
    AccountId(app.owner().await.query_one(select, &[&name]).await.expect("an account").get(0))
}

/// SECURITY 52: a browser says which page asks, and only ours and those that are listed follow.
#[tokio::test]
async fn a_page_of_another_origin_may_not_follow() {
    let app = spawn_app().await;
    let nurse = format!("Bearer {}", app.token(Role::Nurse).await);
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let refused = connect(&app.url, "", &[("authorization", &nurse), ("origin", origin)]).await.err();
        assert_eq!(
            refused.map(|(status, body)| (status, body["type"].clone())),
            Some((403, json!("/problems/live/foreign-origin"))),
            "{origin}"
        );
    }
    assert!(connect(&app.url, "", &[("authorization", &nurse), ("origin", &app.url)]).await.is_ok());
    // Nor by a ticket, which is not spent on such a page.
    let ticket = app.post(Role::Nurse, "/api/v1/live/tickets", json!({})).await.expect(201);
    let query = format!("?ticket={}", ticket.body["ticket"].as_str().expect("a ticket"));
    let refused = connect(&app.url, &query, &[("origin", "https://evil.example")]).await.err();
    assert_eq!(refused.map(|(status, _)| status), Some(403));
    assert!(connect(&app.url, &query, &[("origin", &app.url)]).await.is_ok());
}

/// SECURITY 22: it holds on an open connection.
#[tokio::test]
async fn a_disabled_account_is_closed_within_five_seconds() {
    let app = spawn_app().await;
    let token = app.sign_up("leaver", Role::Nurse, None).await;
    let (mut live, _) = Follower::new(&app.url, &token, "").await;
    let disable = format!("/api/v1/accounts/{}/disable", account(&app, "leaver").await);
    app.post(Role::Admin, &disable, json!({ "reason": "left the house" })).await.expect(200);
    let began = Instant::now();
    let code = loop {
        if let Err(code) = live.next().await {
            break code;
        }
    };
    assert_eq!(code, 4401);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn nonsense_is_answered_by_an_end() {
    let app = spawn_app().await;
    let nurse = app.token(Role::Nurse).await;
    for nonsense in ["", "{}", "[1]", r#"{"watch": "some"}"#, r#"{"watch": "all", "more": 1}"#] {
        let (mut live, _) = Follower::new(&app.url, &nurse, "").await;
        live.say(nonsense).await;
        let code = loop {
            if let Err(code) = live.next().await {
                break code;
            }
        };
        assert_eq!(code, 1008, "{nonsense}");
    }
}
