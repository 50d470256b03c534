//! The logout token: whose session has ended at the issuer (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6).

use chrono::{DateTime, Utc};
use jsonwebtoken::{Header, jwk::Jwk};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    SsoError,
    id_token::{LEEWAY, signed},
};

/// What makes a token one of a logout.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// The longest name of a subject, a session or a token, in bytes.
const LONGEST: usize = 255;

/// What an issuer says of a logout.
#[derive(Debug, Deserialize)]
pub struct LogoutClaims {
    /// The token itself, which counts once.
    pub jti: String,
    /// The person; of all their sessions where no session is named.
    pub sub: Option<String>,
    /// The session at the issuer.
    pub sid: Option<String>,
    /// When it was made out, in seconds since 1970.
    pub iat: i64,
    /// Until when it counts.
    pub exp: i64,
    events: Map<String, Value>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// Checks a token by a key of the issuer's. An ID token is none: it has a nonce and no such event.
pub fn verify(
    token: &str,
    header: &Header,
    key: &Jwk,
    (issuer, client_id): (&str, &str),
    now: DateTime<Utc>,
) -> Result<LogoutClaims, SsoError> {
    let typed =
        header.typ.as_deref().is_none_or(|of| ["logout+jwt", "jwt"].iter().any(|it| it.eq_ignore_ascii_case(of)));
    if !typed {
        return Err(SsoError::Refused("it is a token of another type"));
    }
    let claims: LogoutClaims = signed(token, header, key, (issuer, client_id), &["exp", "iss", "aud"])?;
    let now = now.timestamp();
    if claims.exp + LEEWAY <= now || claims.iat > now + LEEWAY {
        return Err(SsoError::Refused("its time is over or has not come"));
    }
    if !claims.events.get(EVENT).is_some_and(Value::is_object) {
        return Err(SsoError::Refused("it tells of no logout"));
    }
    if claims.more.contains_key("nonce") {
        return Err(SsoError::Refused("it answers a sign-in"));
    }
    if claims.sub.is_none() && claims.sid.is_none() {
        return Err(SsoError::Refused("it names neither a person nor a session"));
    }
    let named = [Some(&claims.jti), claims.sub.as_ref(), claims.sid.as_ref()];
    if named.into_iter().flatten().any(|name| name.is_empty() || name.len() > LONGEST) {
        return Err(SsoError::Refused("a name in it is none"));
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::id_token::{
            header,
            tests::{CLIENT, ISSUER, jwk, token},
        },
        *,
    };

    fn judge(head: &Value, more: &Value) -> Result<LogoutClaims, &'static str> {
        let mut claims = json!({
            "iss": ISSUER, "aud": CLIENT, "iat": 900, "exp": 1_020, "jti": "bWJq", "sub": "24400320", "sid": "08a5019c",
            "events": { EVENT: {} },
        });
        for (name, value) in more.as_object().unwrap() {
            match value {
                Value::String(gone) if gone == "-" => _ = claims.as_object_mut().unwrap().remove(name),
                value => claims[name] = value.clone(),
            }
        }
        let (text, now) = (token(head, &claims), DateTime::from_timestamp(950, 0).unwrap());
        let verdict = header(&text).and_then(|header| verify(&text, &header, &jwk(&json!({})), (ISSUER, CLIENT), now));
        verdict.map_err(|refusal| match refusal {
            SsoError::Refused(why) => why,
            other => panic!("{other}"),
        })
    }

    /// SECURITY 15, 16: a logout is told by the issuer, to us, now, and as one; another token of the same issuer is none.
    #[test]
    fn what_tells_of_no_logout_ends_no_session() {
        let head = json!({ "alg": "EdDSA", "kid": "k", "typ": "logout+jwt" });
        let good = judge(&head, &json!({})).unwrap();
        assert_eq!((good.sid.as_deref(), good.sub.as_deref()), (Some("08a5019c"), Some("24400320")));
        for good in [json!({ "sid": "-" }), json!({ "sub": "-" }), json!({ "aud": ["other", CLIENT] })] {
            assert!(judge(&head, &good).is_ok(), "{good}");
        }
        let shape = "its signature, issuer or audience is not right";
        for (wrong, why) in [
            (json!({ "iss": "https://login.example.org.evil.example" }), shape),
            (json!({ "aud": "another" }), shape),
            (json!({ "aud": "-" }), shape),
            (json!({ "exp": "-" }), shape),
            (json!({ "iat": "-" }), shape),
            (json!({ "jti": "-" }), shape),
            (json!({ "exp": "1020" }), shape),
            (json!({ "events": "-" }), shape),
            (json!({ "exp": 890 }), "its time is over or has not come"),
            (json!({ "iat": 1_011 }), "its time is over or has not come"),
            (json!({ "events": {} }), "it tells of no logout"),
            (json!({ "events": { EVENT: "yes" } }), "it tells of no logout"),
            (json!({ "events": { "http://schemas.openid.net/event/other": {} } }), "it tells of no logout"),
            (json!({ "nonce": "n" }), "it answers a sign-in"),
            (json!({ "nonce": null }), "it answers a sign-in"),
            (json!({ "sub": "-", "sid": "-" }), "it names neither a person nor a session"),
            (json!({ "jti": "" }), "a name in it is none"),
            (json!({ "sid": "x".repeat(256) }), "a name in it is none"),
        ] {
            assert_eq!(judge(&head, &wrong).err(), Some(why), "{wrong}");
        }
        let other = json!({ "alg": "EdDSA", "kid": "k", "typ": "at+jwt" });
        assert_eq!(judge(&other, &json!({})).err(), Some("it is a token of another type"));
        assert!(judge(&json!({ "alg": "none", "kid": "k" }), &json!({})).is_err());
    }
}
