use healthcare_tests::app::{Ask, TestApp, spawn_app};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Key, base64url, call_as, cards, claims, ketorolac, of_rule, register, registration, signing, warfarin};

const PATH: &str = "/cds-services/order-sign";

fn body() -> Value {
    signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")])
}

async fn refused(app: &TestApp, token: &str, why: &str) {
    let answer = call_as(app, token, "order-sign", &body()).await;
    assert_eq!(answer.status, 401, "{why}: {}", answer.body);
    let told = answer.expect_problem(401, "/problems/cds-hooks/client", &[]).body.to_string();
    assert!(!told.contains("expired") && !told.contains("signature"), "what is wrong is not told: {told}");
}

/// SECURITY 14, 15: a client is known by a token that it signed for this address, for five minutes, once, by a key that is
/// registered for it.
#[tokio::test]
async fn a_client_is_known_by_its_token_and_by_nothing_else() {
    let app = spawn_app().await;
    let key = Key::new("one");
    let id = register(&app, &registration(&key)).await;
    let good = key.token(&app, PATH);
    let answered = cards(call_as(&app, &good, "order-sign", &body()).await);
    assert_eq!(of_rule(&answered, "drug-interaction").len(), 1);
    assert_eq!(app.count(&format!("cds.card where client = '{id}'")).await, answered.len() as i64);
    refused(&app, &good, "used before").await;

    let with = |name: &str, value: Value| {
        let mut claims = claims(&app, PATH);
        match value {
            Value::Null => drop(claims.as_object_mut().expect("an object").remove(name)),
            value => claims[name] = value,
        }
        key.sign(&key.header(), &claims)
    };
    let now = super::seconds();
    for (name, value) in [
        ("iss", json!("https://another.example.org")),
        ("iss", json!(null)),
        ("aud", json!(null)),
        ("aud", json!("https://cds.example.org/cds-services/order-sign")),
        ("aud", json!(format!("{}/cds-services/order-select", app.url))),
        ("aud", json!(format!("{}/cds-services", app.url))),
        ("aud", json!(format!("{}{PATH}/", app.url))),
        ("exp", json!(null)),
        ("exp", json!(now - 60)),
        ("exp", json!(now + 400)),
        ("exp", json!((now + 100).to_string())),
        ("iat", json!(null)),
        ("iat", json!(now + 120)),
        ("iat", json!(now - 3_600)),
        ("jti", json!(null)),
        ("jti", json!("")),
        ("jti", json!(7)),
    ] {
        refused(&app, &with(name, value.clone()), &format!("{name} = {value}")).await;
    }
    let several = with("aud", json!(["https://another.example.org", format!("{}{PATH}", app.url)]));
    call_as(&app, &several, "order-sign", &body()).await.expect(200);
    // For one service it is no good at another.
    let other = key.token(&app, "/cds-services/patient-view");
    refused(&app, &other, "for another service").await;
    assert_eq!(app.count("cds.used_token").await, 2, "what was refused was not used up");
}

/// SECURITY 14: no token chooses how it is checked or with what.
#[tokio::test]
async fn no_client_chooses_its_algorithm_or_its_key() {
    let app = spawn_app().await;
    let (key, stranger) = (Key::new("one"), Key::new("one"));
    register(&app, &registration(&key)).await;
    let claims = || claims(&app, PATH);
    let unsigned = |header: Value| {
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        format!("{}.{}.", part(&header), part(&claims()))
    };
    refused(&app, &unsigned(json!({ "alg": "none", "typ": "JWT", "kid": "one" })), "alg none").await;
    refused(&app, &unsigned(json!({ "alg": "None", "typ": "JWT", "kid": "one" })), "alg None").await;
    refused(&app, &unsigned(json!({ "alg": "ES384", "typ": "JWT", "kid": "one" })), "no signature").await;
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let mut header = Header::new(algorithm);
        header.kid = Some("one".into());
        // Signed by what everybody knows: the public key.
        let public = key.public["x"].as_str().expect("x");
        let signed = jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(public.as_bytes()));
        refused(&app, &signed.expect("signed"), &format!("{algorithm:?}")).await;
    }
    refused(&app, &stranger.sign(&stranger.header(), &claims()), "another's key of the same name").await;
    let header = |change: fn(&mut Header)| {
        let mut header = key.header();
        change(&mut header);
        header
    };
    for (header, why) in [
        (header(|of| of.kid = None), "no kid"),
        (header(|of| of.kid = Some("two".into())), "a kid that is not known"),
        (header(|of| of.jku = Some("https://evil.example/jwks.json".into())), "keys of somebody else"),
        (header(|of| of.x5u = Some("https://evil.example/cert".into())), "a certificate of somebody else"),
        (header(|of| of.crit = Some(vec!["b64".into()])), "what it says is critical"),
        (header(|of| of.typ = Some("at+jwt".into())), "another type"),
    ] {
        refused(&app, &key.sign(&header, &claims()), why).await;
    }
    let brings = Header { jwk: serde_json::from_value(stranger.public.clone()).ok(), ..stranger.header() };
    refused(&app, &stranger.sign(&brings, &claims()), "a key of its own").await;
    for text in ["", "x", "a.b.c", "Bearer"] {
        refused(&app, text, text).await;
    }
    let basic = app.anonymous(Method::POST, PATH).header("authorization", "Basic dTpw").json(&body()).answer().await;
    basic.expect_problem(401, "/problems/cds-hooks/client", &[]);
    call_as(&app, &key.token(&app, PATH), "order-sign", &body()).await.expect(200);
}

/// SECURITY 42: a token that is refused stands in the trail, a replay too, and however many come they do not fill it.
#[tokio::test]
async fn a_refused_token_stands_in_the_trail() {
    let app = spawn_app().await;
    let key = Key::new("one");
    register(&app, &registration(&key)).await;
    let good = key.token(&app, PATH);
    call_as(&app, &good, "order-sign", &body()).await.expect(200);
    let denied = "audit.entry where action = 'call_cds_service' and outcome = 'denied' and role = 'unknown'
        and reason = 'cds-client' and resource like 'POST /cds-services/%' and patient is null";
    assert_eq!(app.count(denied).await, 0);
    for (token, why) in [(good.as_str(), "used before"), ("x", "no token")] {
        refused(&app, token, why).await;
    }
    app.anonymous(Method::POST, PATH).header("authorization", "Basic dTpw").json(&body()).answer().await.expect(401);
    assert_eq!(app.count(denied).await, 3);
    for _ in 0..20 {
        refused(&app, "x", "again").await;
    }
    assert_eq!(app.count(denied).await, 20);
}

/// SECURITY 35: a token that comes twice at once is used once, on whichever node.
#[tokio::test]
async fn of_two_that_come_at_once_with_one_token_one_is_answered() {
    let app = spawn_app().await;
    let key = Key::new("one");
    register(&app, &registration(&key)).await;
    let (token, body) = (key.token(&app, PATH), body());
    let answers = futures::future::join_all((0..8).map(|_| call_as(&app, &token, "order-sign", &body))).await;
    let let_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((let_in, answers.iter().filter(|answer| answer.status == 401).count()), (1, 7));
}

/// SECURITY 22: who is taken off, or has other keys, is not let in any more.
#[tokio::test]
async fn what_is_changed_of_a_client_holds_at_once() {
    let app = spawn_app().await;
    let (old, new) = (Key::new("old"), Key::new("new"));
    let id = register(&app, &registration(&old)).await;
    call_as(&app, &old.token(&app, PATH), "order-sign", &body()).await.expect(200);
    let path = format!("{}/{id}", super::CLIENTS);
    let keys = json!({ "jwks": { "keys": [new.public] } });
    app.patch(healthcare_application::Role::Admin, &path, 1, keys).await.expect(200);
    refused(&app, &old.token(&app, PATH), "the key before").await;
    call_as(&app, &new.token(&app, PATH), "order-sign", &body()).await.expect(200);
    let gone =
        app.request(healthcare_application::Role::Admin, Method::DELETE, &path).await.header("if-match", "\"2\"");
    gone.answer().await.expect(200);
    refused(&app, &new.token(&app, PATH), "taken off").await;
}
