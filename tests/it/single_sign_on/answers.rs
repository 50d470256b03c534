use healthcare_tests::oidc::Browser;

use super::{nurse, site};

const REFUSED: &str = "/problems/access/sso-refused";

/// SECURITY 53: an answer is taken once, and only in the browser that began; a state or a code that was used, made up or
/// swapped opens nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_taken_once_and_where_it_began() {
    let (app, _provider) = site(|_| {}, nurse(), "ES256").await;
    let mut browser = Browser::new();
    let back = browser.sign_in_at_provider(&app.url, "n-1").await;
    // Sent to another browser: whoever follows such a link is not signed in as somebody else.
    Browser::new().get(&back).await.answer.expect_problem(401, REFUSED, &[]);
    // And that was the one time.
    browser.get(&back).await.answer.expect_problem(401, REFUSED, &[]);

    let back = browser.sign_in_at_provider(&app.url, "n-1").await;
    browser.get(&back).await.answer.expect(200);
    browser.get(&back).await.answer.expect_problem(401, REFUSED, &[]);

    // The used code under a fresh state: the provider refuses it.
    let fresh = browser.sign_in_at_provider(&app.url, "n-1").await;
    let code = |url: &str| {
        let (_, rest) = url.split_once("code=").expect("a code");
        rest.split('&').next().expect("a code").to_owned()
    };
    let swapped = fresh.replace(&code(&fresh), &code(&back));
    browser.get(&swapped).await.answer.expect_problem(401, REFUSED, &[]);
    let made_up = format!("{}/api/v1/auth/oidc/callback?state=x&code=y", app.url);
    browser.get(&made_up).await.answer.expect_problem(401, REFUSED, &[]);
    let lacking = format!("{}/api/v1/auth/oidc/callback?code=y", app.url);
    browser.get(&lacking).await.answer.expect_problem(400, "/problems/request/parameter", &[]);
}

/// PKCE and the nonce: a code or a token of another sign-in does not fit this one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_of_another_sign_in_does_not_fit() {
    let (app, _provider) = site(|_| {}, nurse(), "ES256").await;
    for damage in [
        "update auth.oidc_login set verifier = repeat('x', 43)",
        "update auth.oidc_login set nonce = 'another'",
        "update auth.oidc_login set expires_at = now() - interval '1 hour'",
    ] {
        let mut browser = Browser::new();
        let back = browser.sign_in_at_provider(&app.url, "n-1").await;
        let changed = app.owner().await.execute(damage, &[]).await.expect("changed");
        assert_eq!(changed, 1);
        browser.get(&back).await.answer.expect_problem(401, REFUSED, &[]);
    }
    // RFC 9207: who answers is said, and is the issuer that was asked.
    let mut browser = Browser::new();
    let back = browser.sign_in_at_provider(&app.url, "n-1").await;
    let (rest, _) = back.split_once("&iss=").expect("the provider says who it is");
    browser.get(&format!("{rest}&iss=https%3A%2F%2Fevil.example")).await.answer.expect_problem(401, REFUSED, &[]);
    let back = browser.sign_in_at_provider(&app.url, "n-1").await;
    let (rest, _) = back.split_once("&iss=").expect("the provider says who it is");
    browser.get(rest).await.answer.expect_problem(401, REFUSED, &[]);
    // Refused by the person or the provider.
    let back = browser.sign_in_at_provider(&app.url, "n-1").await;
    let denied = back.replace("code=", "error=access_denied&nothing=");
    browser.get(&denied).await.answer.expect_problem(401, REFUSED, &[]);
    assert_eq!(app.count("auth.oidc_login").await, 0, "nothing is left to try again");
}
