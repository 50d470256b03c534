use healthcare_application::Role;
use healthcare_tests::oidc::Browser;
use reqwest::Method;
use serde_json::json;

use super::{nurse, site};
use healthcare_tests::app::Ask;

const NO_ACCOUNT: &str = "/problems/access/sso-no-account";

/// A person signs in through the provider's own pages and comes in as the account of that name, with each algorithm
/// that is accepted; the token opens what the role opens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_comes_in_through_the_provider() {
    for algorithm in ["ES256", "RS256", "EdDSA"] {
        let (app, _provider) = site(|_| {}, nurse(), algorithm).await;
        let signed_in = Browser::new().sign_in(&app.url, "n-1").await.expect(200);
        assert_eq!(signed_in.header("cache-control"), Some("no-store"));
        let token = signed_in.body["access_token"].as_str().expect("a token");
        let asks = app.anonymous(Method::GET, "/api/v1/patients?name=nobody").bearer_auth(token);
        asks.answer().await.expect(200);
        let refresh = json!({ "refresh_token": signed_in.body["refresh_token"] });
        app.anonymous(Method::POST, "/api/v1/auth/refresh").json(&refresh).answer().await.expect(200);
        let out = app.anonymous(Method::GET, "/api/v1/auth/oidc/logout").bearer_auth(token).answer().await.expect(200);
        assert!(out.body["location"].as_str().is_some_and(|at| at.contains("/session/end?client_id=")), "{out:?}");
    }
}

/// SECURITY 13: every way in shares one check: who is disabled stays out here too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_account_stays_out() {
    let (app, _provider) = site(|_| {}, nurse(), "ES256").await;
    let mut browser = Browser::new();
    browser.sign_in(&app.url, "n-1").await.expect(200);
    app.owner()
        .await
        .execute("update auth.account set enabled = false where username = 'nurse'", &[])
        .await
        .expect("off");
    browser.sign_in(&app.url, "n-1").await.expect_problem(403, NO_ACCOUNT, &[]);
}

/// A person is who they were at their first sign-in: a name that is given to somebody else opens nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_given_anew_opens_nothing() {
    let people = json!({
        "n-1": { "preferred_username": "nurse" },
        "n-2": { "preferred_username": "nurse" },
        "n-3": { "preferred_username": "nobody" },
        "n-4": { "email": "nurse" },
    });
    let (app, _provider) = site(|_| {}, people, "ES256").await;
    Browser::new().sign_in(&app.url, "n-1").await.expect(200);
    for other in ["n-2", "n-3", "n-4"] {
        Browser::new().sign_in(&app.url, other).await.expect_problem(403, NO_ACCOUNT, &[]);
    }
    Browser::new().sign_in(&app.url, "n-1").await.expect(200);
    assert_eq!(app.count("auth.oidc_link").await, 1);
}

/// Roles come from claims: a value that maps to the account's role, or the person stays out. An address counts only when
/// the issuer has verified it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_decide_who_comes_in_as_what() {
    let people = json!({
        "mapped": { "email": "nurse", "email_verified": true, "groups": ["staff", "nurses"] },
        "unmapped": { "email": "nurse", "email_verified": true, "groups": ["staff"] },
        "doctor": { "email": "nurse", "email_verified": true, "groups": ["doctors"] },
        "none": { "email": "nurse", "email_verified": true },
        "unverified": { "email": "nurse", "email_verified": false, "groups": ["nurses"] },
    });
    let (app, _provider) = site(
        |oidc| {
            oidc.account_claim = "email".into();
            oidc.roles = vec![("nurses".into(), Role::Nurse), ("doctors".into(), Role::Doctor)];
        },
        people,
        "ES256",
    )
    .await;
    for out in ["unmapped", "doctor", "none", "unverified"] {
        Browser::new().sign_in(&app.url, out).await.expect_problem(403, NO_ACCOUNT, &[]);
    }
    assert_eq!(app.count("auth.oidc_link").await, 0);
    Browser::new().sign_in(&app.url, "mapped").await.expect(200);
}
