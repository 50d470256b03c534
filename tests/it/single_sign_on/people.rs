use healthcare_application::{Role, access::Strength};
use healthcare_infrastructure::access::{NewAccount, SecondFactorPolicy, oidc::AtIssuer};
use healthcare_tests::{
    app::{Ask, Backing},
    oidc::{Browser, Issuer},
};
use reqwest::Method;
use serde_json::json;

use super::{nurse, site, site_over};

const NO_ACCOUNT: &str = "/problems/access/sso-no-account";
const SECOND_FACTOR: &str = "/problems/access/sso-second-factor-needed";

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
        "n-1": { "preferred_username": "nurse", "amr": ["otp"] },
        "n-2": { "preferred_username": "nurse", "amr": ["otp"] },
        "n-3": { "preferred_username": "nobody", "amr": ["otp"] },
        "n-4": { "email": "nurse", "amr": ["otp"] },
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
        "mapped": { "email": "nurse", "email_verified": true, "groups": ["staff", "nurses"], "amr": ["mfa"] },
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

/// SECURITY 10: single sign-on is no way around the second factor that a role needs: where the issuer tells of none there is
/// no session and no link, and the attempt stands in the trail. The house may say that its issuer asks for one untold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_needs_a_second_factor_needs_it_through_the_issuer() {
    let people = || {
        json!({
            "weak": { "preferred_username": "nurse", "amr": ["pwd"] },
            "silent": { "preferred_username": "nurse" },
            "strong": { "preferred_username": "nurse", "amr": ["pwd", "otp"] },
        })
    };
    let (app, _provider) = site(|_| {}, people(), "ES256").await;
    for out in ["weak", "silent"] {
        Browser::new().sign_in(&app.url, out).await.expect_problem(403, SECOND_FACTOR, &[]);
    }
    assert_eq!(app.count("auth.oidc_link").await, 0, "who is not let in has not come");
    assert_eq!(app.count("auth.session where oidc_issuer is not null").await, 0);
    let denied = "audit.entry e join auth.account a on a.id = e.subject
        where e.action = 'sign_in_elsewhere' and e.outcome = 'denied' and e.reason = 'sso-second-factor-needed'
            and a.username = 'nurse'";
    assert_eq!(app.count(denied).await, 2);
    Browser::new().sign_in(&app.url, "strong").await.expect(200);

    let (app, _provider) = site(|oidc| oidc.second_factor = AtIssuer::Assumed, people(), "ES256").await;
    let pair = Browser::new().sign_in(&app.url, "weak").await.expect(200).body;
    let weakly = pair["access_token"].as_str().expect("a token");
    let known = app.platform.access.verify(weakly).await.expect("a token");
    assert_eq!(known.strength, Strength::Password, "it is taken for no more than it is");

    let asks_none = Backing { second_factor: SecondFactorPolicy::Optional, ..Backing::default() };
    let (app, _provider) = site_over(asks_none, Issuer::new(), |_| {}, people(), "ES256").await;
    Browser::new().sign_in(&app.url, "weak").await.expect(200);
}

/// SECURITY 13: what somebody calls themselves at the issuer opens no account that has a password here, nor one that keeps
/// accounts; one that was made for single sign-on and never activated it does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_anybody_may_take_opens_no_account_in_use() {
    let people = json!({
        "thief": { "preferred_username": "nurse", "amr": ["otp"] },
        "usurper": { "preferred_username": "second.admin", "amr": ["otp"] },
        "new": { "preferred_username": "new.nurse", "amr": ["otp"] },
    });
    let (app, _provider) = site(|oidc| oidc.claim_is_vouched_for = false, people, "ES256").await;
    for (username, role) in [("new.nurse", Role::Nurse), ("second.admin", Role::Admin)] {
        let new = NewAccount { username: username.into(), role, patient: None, device: None };
        app.platform.access.create_account(new).await.expect("an account");
    }
    for out in ["thief", "usurper"] {
        Browser::new().sign_in(&app.url, out).await.expect_problem(403, NO_ACCOUNT, &[]);
    }
    assert_eq!(app.count("auth.oidc_link").await, 0);
    Browser::new().sign_in(&app.url, "new").await.expect(200);
    Browser::new().sign_in(&app.url, "new").await.expect(200);
}
