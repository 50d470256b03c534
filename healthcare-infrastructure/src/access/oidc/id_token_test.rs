use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::json;

use super::*;

pub const ISSUER: &str = "https://login.example.org";
pub const CLIENT: &str = "healthcare";
const NONCE: &str = "n-0S6_WzA2Mj";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn jwk(more: &Value) -> Jwk {
    let x = URL_SAFE_NO_PAD.encode(key().verifying_key().to_bytes());
    let mut jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x });
    jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(jwk).unwrap()
}

fn claims(more: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "24400320", "exp": 1_000, "iat": 900, "nonce": NONCE,
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

pub fn token(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes()).to_bytes());
    format!("{signed}.{signature}")
}

fn judge(token: &str, key: &Jwk) -> Result<Claims, &'static str> {
    let now = DateTime::from_timestamp(950, 0).unwrap();
    let expected = Expected { issuer: ISSUER, client_id: CLIENT, nonce: NONCE, now };
    let verdict = header(token).and_then(|header| verify(token, &header, key, &expected));
    verdict.map_err(|refusal| match refusal {
        SsoError::Refused(why) => why,
        other => panic!("{other}"),
    })
}

fn signed(more: Value) -> Result<Claims, &'static str> {
    judge(&token(&json!({ "alg": "EdDSA", "kid": "k" }), &claims(more)), &jwk(&json!({})))
}

/// SECURITY 15: who says it, to whom, until when and in answer to what is required, typed and checked.
#[test]
fn what_does_not_answer_this_sign_in_is_refused() {
    let good = signed(json!({ "preferred_username": "nurse", "amr": ["pwd", "otp"] })).unwrap();
    assert_eq!((good.sub.as_str(), good.more["preferred_username"].as_str()), ("24400320", Some("nurse")));
    for (wrong, why) in [
        (json!({ "iss": "https://login.example.org.evil.example" }), "its signature, issuer or audience is not right"),
        (json!({ "iss": null }), "its signature, issuer or audience is not right"),
        (json!({ "aud": "another" }), "its signature, issuer or audience is not right"),
        (json!({ "aud": [CLIENT, "another"] }), "it was issued to another party"),
        (json!({ "azp": "another" }), "it was issued to another party"),
        (json!({ "nonce": "another" }), "it answers another sign-in"),
        (json!({ "nonce": null }), "it answers another sign-in"),
        (json!({ "exp": 889 }), "its time is over or has not come"),
        (json!({ "iat": 1_011 }), "its time is over or has not come"),
        (json!({ "exp": "1000" }), "its signature, issuer or audience is not right"),
        (json!({ "sub": "" }), "its subject is none"),
    ] {
        assert_eq!(signed(wrong.clone()).err(), Some(why), "{wrong}");
    }
    assert!(signed(json!({ "aud": [CLIENT, "another"], "azp": CLIENT })).is_ok());
}

/// SECURITY 14: none, a symmetric algorithm over the public key, and keys that a token brings are refused.
#[test]
fn no_token_chooses_its_algorithm_or_its_key() {
    let body = claims(json!({}));
    let none = token(&json!({ "alg": "none", "kid": "k" }), &body);
    assert!(judge(&none, &jwk(&json!({}))).is_err());
    let unsigned = format!("{}.", none.rsplit_once('.').unwrap().0);
    assert!(judge(&unsigned, &jwk(&json!({}))).is_err());
    // The public key as the secret of an HMAC.
    let secret = jsonwebtoken::EncodingKey::from_secret(&key().verifying_key().to_bytes());
    let swapped =
        jsonwebtoken::encode(&Header { kid: Some("k".into()), ..Header::new(Algorithm::HS256) }, &body, &secret);
    assert_eq!(judge(&swapped.unwrap(), &jwk(&json!({}))).err(), Some("its algorithm is not accepted"));
    for own in [
        json!({ "jku": "https://evil.example/keys" }),
        json!({ "x5u": "https://evil.example/certificate" }),
        json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": "AAAA" } }),
    ] {
        let mut header = json!({ "alg": "EdDSA", "kid": "k" });
        header.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        assert_eq!(judge(&token(&header, &body), &jwk(&json!({}))).err(), Some("it brings a key of its own"), "{own}");
    }
    let eddsa = token(&json!({ "alg": "EdDSA", "kid": "k" }), &body);
    assert_eq!(
        judge(&eddsa, &jwk(&json!({ "alg": "ES256" }))).err(),
        Some("its key is of another kind than its algorithm")
    );
    let symmetric: Jwk = serde_json::from_value(json!({ "kty": "oct", "kid": "k", "k": "AAAA" })).unwrap();
    assert_eq!(judge(&eddsa, &symmetric).err(), Some("its key is of another kind than its algorithm"));
    let edited = eddsa.replace(&eddsa[20..21], if &eddsa[20..21] == "A" { "B" } else { "A" });
    assert!(judge(&edited, &jwk(&json!({}))).is_err());
    assert!(judge(&eddsa, &jwk(&json!({ "alg": "EdDSA" }))).is_ok());
}
