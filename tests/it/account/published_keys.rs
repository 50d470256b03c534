//! The keys by which others check our access tokens for themselves.

use std::time::Duration;

use healthcare_application::Role;
use healthcare_infrastructure::access::{announce_key, sign_with_the_announced};
use healthcare_tests::{
    app::{Ask, TestApp, spawn_app},
    server::until,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ask, id_of, post};

/// The keys as anybody reads them, the one that signs first.
async fn published(app: &TestApp) -> Vec<Value> {
    let set = app.anonymous(Method::GET, "/.well-known/jwks.json").answer().await.expect(200).body;
    set["keys"].as_array().expect("keys").clone()
}

fn kid_of(token: &str) -> String {
    jsonwebtoken::decode_header(token).expect("a header").kid.expect("a key's name")
}

/// What a token says, as somebody reads it who knows nothing but a public key.
fn told(token: &str, key: &Value) -> Option<Value> {
    let key = DecodingKey::from_ed_components(key["x"].as_str().expect("a public half")).expect("a key");
    let mut asked = Validation::new(Algorithm::EdDSA);
    asked.set_issuer(&["healthcare"]);
    asked.set_audience(&["healthcare-api"]);
    jsonwebtoken::decode::<Value>(token, &key, &asked).ok().map(|token| token.claims)
}

/// The key of a set that a token names.
fn named<'a>(keys: &'a [Value], token: &str) -> &'a Value {
    let kid = kid_of(token);
    keys.iter().find(|key| key["kid"] == kid.as_str()).unwrap_or_else(|| panic!("no {kid} among {keys:?}"))
}

/// SECURITY 17: a token is signed by the key it names, of those that are published (RFC 7517, RFC 8037), also while one key
/// takes over from another; nobody is signed out by it.
#[tokio::test]
async fn security_17_a_token_is_checked_by_the_key_it_names() {
    let app = spawn_app().await;
    let before = app.sign_up("ada", Role::Device, None).await;
    let ada = json!(id_of(&app, "ada").await);
    let keys = published(&app).await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    let key = named(&keys, &before);
    for (member, value) in [("kty", "OKP"), ("crv", "Ed25519"), ("use", "sig"), ("alg", "EdDSA")] {
        assert_eq!(key[member], value, "{key}");
    }
    assert!(key.get("d").is_none(), "the private half is nobody's");
    let claims = told(&before, key).expect("signed by it");
    assert_eq!((&claims["sub"], &claims["role"]), (&ada, &json!("device")));
    let (signed, signature) = before.rsplit_once('.').expect("a signature");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    assert_eq!(told(&format!("{signed}.{other}{}", &signature[1..]), key), None, "another signature");

    // A key is announced before it signs, so that whoever checks knows it in time.
    announce_key(&app.places.data_dir).expect("announced");
    let both = until("the announced key is published", Duration::from_secs(30), async || {
        let keys = published(&app).await;
        (keys.len() == 2).then_some(keys)
    })
    .await;
    assert_eq!(both[0]["kid"], kid_of(&before).as_str(), "which signs still");
    let next = both[1].clone();
    assert_eq!(told(&before, &next), None, "it is another one");
    sign_with_the_announced(&app.places.data_dir).expect("it takes over");
    let both = until("the announced key signs", Duration::from_secs(30), async || {
        let keys = published(&app).await;
        (keys[0]["kid"] == next["kid"]).then_some(keys)
    })
    .await;
    let pair = post(&app, "/api/v1/auth/login", app.login("ada").await.body(0)).await.expect(200).body;
    let after = pair["access_token"].as_str().expect("a token");
    assert_eq!(kid_of(after), next["kid"].as_str().expect("a name"));
    for token in [before.as_str(), after] {
        let claims = told(token, named(&both, token)).expect("signed by the key it names");
        assert_eq!(claims["sub"], ada);
        ask(&app, token, Method::GET, "/api/v1/auth/sessions", None).await.expect(200);
    }
}
