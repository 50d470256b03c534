//! A session ends at the provider, which tells us: what was begun from it ends here (OpenID Connect Back-Channel Logout).

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use healthcare_application::Role;
use healthcare_tests::{
    app::{Answer, Ask, Backing, TestApp, spawn_app, spawn_app_with},
    oidc::{Browser, Issuer},
    server::until,
};
use reqwest::Method;
use serde_json::json;

use super::{nurse, site, site_of};
use crate::live::follower::Follower;

const TOLD: &str = "/api/v1/auth/oidc/backchannel-logout";
const REFUSED: &str = "/problems/access/logout-refused";
/// SECURITY 22.
const HOLDS_WITHIN: Duration = Duration::from_secs(5);

/// A sign-in through the provider: its tokens.
async fn signed_in(app: &TestApp, browser: &mut Browser) -> (String, String) {
    let pair = browser.sign_in(&app.url, "n-1").await.expect(200).body;
    let of = |name: &str| pair[name].as_str().expect("a token").to_owned();
    (of("access_token"), of("refresh_token"))
}

async fn asks(app: &TestApp, token: &str) -> u16 {
    app.anonymous(Method::GET, "/api/v1/patients?name=nobody").bearer_auth(token).answer().await.status
}

async fn refused(app: &TestApp, token: &str) {
    until("the token is refused", HOLDS_WITHIN, async || (asks(app, token).await == 401).then_some(())).await;
}

/// The person ends their session at the provider, on its own pages.
async fn sign_out(app: &TestApp, browser: &mut Browser, token: &str) {
    let out = app.anonymous(Method::GET, "/api/v1/auth/oidc/logout").bearer_auth(token).answer().await.expect(200);
    browser.sign_out_at_provider(out.body["location"].as_str().expect("a place")).await;
}

async fn told(app: &TestApp, form: &[(&str, &str)]) -> Answer {
    app.anonymous(Method::POST, TOLD).form(form).answer().await
}

/// SECURITY 22: who signs out at the provider is signed out here, within five seconds, over HTTP, on an open connection and
/// on every node; other sessions of the same account go on, and it is recorded whose ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_at_the_provider_ends_here() {
    let (app, _provider) = site(|_| {}, nurse(), "ES256").await;
    let (mut here, mut there) = (Browser::new(), Browser::new());
    let (ending, refresh) = signed_in(&app, &mut here).await;
    let (going_on, _) = signed_in(&app, &mut there).await;
    let by_password = app.token(Role::Nurse).await;
    let (mut live, _) = Follower::new(&app.url, &ending, "").await;
    let node = app.platform.access.clone();
    let stop = tokio_util::sync::CancellationToken::new();
    let following = tokio::spawn(node.clone().follow(app.places.database_url.clone(), stop.clone()));

    sign_out(&app, &mut here, &ending).await;
    refused(&app, &ending).await;
    until("the other node refuses", HOLDS_WITHIN, async || node.verify(&ending).await.is_err().then_some(())).await;
    let code = loop {
        if let Err(code) = live.next().await {
            break code;
        }
    };
    assert_eq!(code, 4401);
    let again = app.anonymous(Method::POST, "/api/v1/auth/refresh").json(&json!({ "refresh_token": refresh }));
    again.answer().await.expect(401);
    assert_eq!((asks(&app, &going_on).await, asks(&app, &by_password).await), (200, 200));
    let entries = "audit.entry e join auth.account a on a.id = e.actor
        where e.action = 'sign_out_elsewhere' and e.outcome = 'allowed' and a.username = 'nurse' and e.session is not null";
    assert_eq!(app.count(entries).await, 1);
    // A later sign-in at the provider is a new session.
    let (anew, _) = signed_in(&app, &mut here).await;
    assert_eq!(asks(&app, &anew).await, 200);
    stop.cancel();
    following.await.expect("it stops");
}

/// SECURITY 22: a provider that names no sessions ends all that a person had begun through it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_of_a_person_ends_all_that_was_begun_through_the_provider() {
    let (app, _provider) = site_of(Issuer::new().by_person(), |_| {}, nurse(), "RS256").await;
    let (mut here, mut there) = (Browser::new(), Browser::new());
    let (one, _) = signed_in(&app, &mut here).await;
    let (other, _) = signed_in(&app, &mut there).await;
    let by_password = app.token(Role::Nurse).await;
    sign_out(&app, &mut here, &one).await;
    refused(&app, &one).await;
    refused(&app, &other).await;
    assert_eq!(asks(&app, &by_password).await, 200, "what was not begun there goes on");
    // Each of them is recorded: an entry a session.
    let recorded =
        "select count(*), count(distinct e.session) from audit.entry e join auth.session s on s.id = e.session
        where e.action = 'sign_out_elsewhere' and e.outcome = 'allowed' and s.ended_at is not null";
    let row = app.owner().await.query_one(recorded, &[]).await.expect("counted");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2, 2));
    let by_person = "auth.oidc_logout where sid is null and subject = 'n-1'";
    assert_eq!(app.count(by_person).await, 1, "the logout is remembered by the person, no session was named");
    // A logout ends what was, not what comes: who signs in again is let in.
    // (Of the same second nobody can tell which came first.)
    let lets_in = async || {
        let pair = Browser::new().sign_in(&app.url, "n-1").await;
        pair.body["access_token"].as_str().map(str::to_owned)
    };
    let anew = until("who signs in again is let in", HOLDS_WITHIN, lets_in).await;
    assert_eq!((asks(&app, &anew).await, asks(&app, &other).await), (200, 401));
}

/// SECURITY 15: a provider whose keys cannot be had has said nothing wrong: that is answered with 503, so that it tells
/// again, and it is forgotten soon after the provider is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_away_is_asked_again() {
    let issuer = Issuer::new();
    let app = spawn_app_with(Backing { oidc: Some(issuer.settings()), ..Backing::default() }).await;
    // A token as good as any: nobody can tell whose it is.
    let token = app.token(Role::Nurse).await;
    for _ in 0..3 {
        told(&app, &[("logout_token", &token)]).await.expect_problem(503, "/problems/access/sso-unavailable", &[]);
    }
    let _provider = issuer.start(&app.url, &nurse(), "ES256").await;
    let start = format!("{}/api/v1/auth/oidc/start", app.url);
    let sent_there = async || Browser::new().get(&start).await.location.is_some().then_some(());
    until("the provider is asked again", HOLDS_WITHIN, sent_there).await;
    let (by_provider, _) = signed_in(&app, &mut Browser::new()).await;
    assert_eq!(asks(&app, &by_provider).await, 200);
    // Its keys were read with the sign-in: it may have made one since, and is asked again once that is some time ago.
    let is_none = async || {
        let answer = told(&app, &[("logout_token", &token)]).await;
        if answer.status == 400 {
            answer.expect_problem(400, REFUSED, &[]);
            return Some(());
        }
        answer.expect_problem(503, "/problems/access/sso-unavailable", &[]);
        None
    };
    until("the provider says that the key is none of its own", Duration::from_secs(60), is_none).await;
    assert_eq!(asks(&app, &token).await, 200, "it is no logout of the provider's");
}

/// A place that keeps the logout tokens it is told.
fn keeper() -> (String, Arc<Mutex<Vec<String>>>) {
    let kept = Arc::new(Mutex::new(vec![]));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/told", listener.local_addr().expect("an address"));
    let data = web::Data::new(kept.clone());
    async fn keep(form: web::Form<Vec<(String, String)>>, kept: web::Data<Arc<Mutex<Vec<String>>>>) -> HttpResponse {
        let tokens = form.into_inner().into_iter().filter(|(name, _)| name == "logout_token").map(|(_, token)| token);
        kept.lock().expect("not poisoned").extend(tokens);
        HttpResponse::Ok().finish()
    }
    let server = HttpServer::new(move || App::new().app_data(data.clone()).route("/told", web::post().to(keep)));
    tokio::spawn(server.workers(1).disable_signals().listen(listener).expect("listens").run());
    (url, kept)
}

/// SECURITY 14, 16: a logout token of the provider's counts once; what was changed, made up or is another token ends
/// nothing and is refused with 400 and `no-store`, as the specification says. A sign-in that was under way meanwhile
/// comes to nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_token_counts_once_and_nothing_else_does() {
    let (url, kept) = keeper();
    let issuer = Issuer::new().telling(&url);
    let issuer_url = issuer.url();
    let (app, mut provider) = site_of(issuer, |_| {}, nurse(), "EdDSA").await;
    let mut browser = Browser::new();
    let (token, _) = signed_in(&app, &mut browser).await;
    sign_out(&app, &mut browser, &token).await;
    let said = kept.lock().expect("not poisoned").first().cloned().expect("the provider told");
    assert_eq!(asks(&app, &token).await, 200, "it was told elsewhere");

    let (rest, signature) = said.rsplit_once('.').expect("a token");
    let (header, payload) = rest.split_once('.').expect("a token");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let changed = format!("{rest}.{other}{}", &signature[1..]);
    for wrong in [changed, format!("{header}.{payload}."), format!("{header}.e30.{signature}"), "x".into()] {
        let answer = told(&app, &[("logout_token", &wrong)]).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        answer.expect_problem(400, REFUSED, &[]);
    }
    told(&app, &[("another", "field")]).await.expect_problem(400, REFUSED, &[]);
    assert_eq!(asks(&app, &token).await, 200);
    let denied = "audit.entry where action = 'sign_out_elsewhere' and outcome = 'denied'";
    assert_eq!(app.count(denied).await, 5, "what was tried is recorded");

    // What cannot be recorded does not end: it is to be told again, and counts then.
    let owner = app.owner().await;
    let unrecorded =
        "alter table audit.entry add constraint of_a_test check (action <> 'sign_out_elsewhere') not valid";
    owner.batch_execute(unrecorded).await.expect("altered");
    assert_eq!(told(&app, &[("logout_token", &said)]).await.status, 503);
    assert_eq!(asks(&app, &token).await, 200);
    owner.batch_execute("alter table audit.entry drop constraint of_a_test").await.expect("altered");

    let answer = told(&app, &[("logout_token", &said), ("not", "understood")]).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    refused(&app, &token).await;
    let ended = "audit.entry where action = 'sign_out_elsewhere' and outcome = 'allowed'";
    assert_eq!((app.count(ended).await, app.count(&format!("{ended} and session is not null")).await), (1, 1));
    told(&app, &[("logout_token", &said)]).await.expect_problem(400, REFUSED, &[]);

    // The provider has ended the session while the browser was on its way back from there.
    let late = "insert into auth.oidc_logout (issuer, jti, subject, issued_at, expires_at)
        values ($1, 'of a test', 'n-1', now() + interval '1 hour', now() + interval '1 hour')";
    app.owner().await.execute(late, &[&issuer_url]).await.expect("told");
    browser.sign_in(&app.url, "n-1").await.expect_problem(403, "/problems/access/sso-no-account", &[]);
    provider.stop();
}

/// Where there is no single sign-on nobody ends a session by it.
#[tokio::test]
async fn without_an_issuer_nobody_tells_of_a_logout() {
    let app = spawn_app().await;
    told(&app, &[("logout_token", "x")]).await.expect_problem(404, "/problems/access/sso-not-configured", &[]);
}
