use super::*;

fn actor() -> Actor {
    let at = "2026-11-21T09:58:00Z".parse().unwrap();
    let (session, strength) = (Some(Uuid::from_u128(8)), Strength::SecondFactor { at });
    Actor { session, strength, ..Actor::of(AccountId(Uuid::from_u128(7)), Role::Nurse) }
}

fn key(dir: &tempfile::TempDir, name: &str) -> TokenKey {
    TokenKey::load_or_create(&dir.path().join(name)).unwrap()
}

#[test]
fn a_token_speaks_for_its_actor_until_it_expires() {
    let dir = tempfile::tempdir().unwrap();
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    let token = key(&dir, "a").sign(&actor(), Uuid::from_u128(1), now, None).unwrap();
    let again = key(&dir, "a");
    assert_eq!(again.verify(&token, now).unwrap().actor, actor());
    let later = now + Duration::minutes(ACCESS_MINUTES);
    assert_eq!(again.verify(&token, later).map(|v| v.actor), Err(TokenError::Expired));
}

/// SECURITY 20: a session ends after twelve hours, and with it the last token that was issued in it.
#[test]
fn a_token_ends_with_its_session() {
    let dir = tempfile::tempdir().unwrap();
    let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
    let key = key(&dir, "a");
    let lives = |session_ends: Duration| {
        let token = key.sign(&actor(), Uuid::from_u128(1), now, Some(now + session_ends)).unwrap();
        key.verify(&token, now).unwrap().expires_at - now
    };
    assert_eq!(lives(Duration::seconds(60)), Duration::seconds(60));
    assert_eq!(lives(Duration::hours(11)), Duration::minutes(ACCESS_MINUTES));
    let token = key.sign(&actor(), Uuid::from_u128(1), now, Some(now + Duration::seconds(60))).unwrap();
    let over = now + Duration::seconds(60);
    assert_eq!(key.verify(&token, over).map(|v| v.actor), Err(TokenError::Expired));
}

#[test]
fn a_token_says_which_device_it_is_bound_to() {
    let dir = tempfile::tempdir().unwrap();
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    let bound = Actor { role: Role::Device, device: Some(DeviceId(Uuid::from_u128(9))), ..actor() };
    let token = key(&dir, "a").sign(&bound, Uuid::from_u128(1), now, None).unwrap();
    assert_eq!(key(&dir, "a").verify(&token, now).unwrap().actor, bound);
}

#[test]
fn a_token_of_another_key_or_a_changed_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    let token = key(&dir, "a").sign(&actor(), Uuid::from_u128(1), now, None).unwrap();
    assert_eq!(key(&dir, "b").verify(&token, now).map(|v| v.actor), Err(TokenError::Invalid));
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["role"] = json!("doctor");
    let forged = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2]);
    assert_eq!(key(&dir, "a").verify(&forged, now).map(|v| v.actor), Err(TokenError::Invalid));
}

/// SECURITY 14: `none` is no algorithm.
#[test]
fn an_unsigned_token_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    let token = key(&dir, "a").sign(&actor(), Uuid::from_u128(1), now, None).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
    assert_eq!(key(&dir, "a").verify(&format!("{header}.{claims}."), now).map(|v| v.actor), Err(TokenError::Invalid));
}

/// A token with another header or other claims, signed with the right key.
fn made(key: &TokenKey, change: impl Fn(&mut Header, &mut serde_json::Value)) -> String {
    let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
    let token = key.sign(&actor(), Uuid::from_u128(1), now, None).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let mut claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let mut header = Header { kid: Some(key.kid.clone()), typ: Some("at+jwt".into()), ..Header::new(Algorithm::EdDSA) };
    change(&mut header, &mut claims);
    encode(&header, &claims, &key.encoding).unwrap()
}

fn judged(key: &TokenKey, token: &str) -> Result<(), TokenError> {
    key.verify(token, "2026-11-21T10:00:00Z".parse().unwrap()).map(|_| ())
}

/// SECURITY 15: every claim is there and of its type; a text in place of a time is no time (CVE-2026-25537).
#[test]
fn every_claim_is_required_and_typed() {
    let dir = tempfile::tempdir().unwrap();
    let key = key(&dir, "a");
    assert_eq!(judged(&key, &made(&key, |_, _| {})), Ok(()));
    for claim in ["iss", "aud", "sub", "jti", "iat", "nbf", "exp", "role", "amr", "auth_time"] {
        let without = made(&key, |_, claims| _ = claims.as_object_mut().unwrap().remove(claim));
        assert_eq!(judged(&key, &without), Err(TokenError::Invalid), "without {claim}");
        let other = made(&key, |_, claims| claims[claim] = json!("9999999999"));
        assert_eq!(judged(&key, &other), Err(TokenError::Invalid), "{claim} as a text");
    }
    for (claim, value) in [("iss", json!("elsewhere")), ("aud", json!("other")), ("nbf", json!(1_895_000_000))] {
        let other = made(&key, |_, claims| claims[claim] = value.clone());
        assert_eq!(judged(&key, &other), Err(TokenError::Invalid), "{claim}");
    }
    assert_eq!(judged(&key, &made(&key, |_, claims| claims["exp"] = json!(1_000))), Err(TokenError::Expired));
}

/// SECURITY 14: one algorithm; a key that a token brings along or points to is not looked at. SECURITY 16: a token
/// of another use is not an access token.
#[test]
fn a_token_says_neither_how_nor_with_what_it_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let (ours, theirs) = (key(&dir, "a"), key(&dir, "b"));
    for typ in [None, Some("JWT"), Some("rt+jwt"), Some("id+jwt")] {
        let other = made(&ours, |header, _| header.typ = typ.map(str::to_owned));
        assert_eq!(judged(&ours, &other), Err(TokenError::Invalid), "{typ:?}");
    }
    let pointing = made(&theirs, |header, _| {
        header.kid = Some(ours.kid.clone());
        header.jku = Some("https://evil.example/keys".into());
        header.x5u = Some("https://evil.example/key.pem".into());
        header.jwk = serde_json::from_value(theirs.jwk()).ok();
    });
    assert_eq!(judged(&ours, &pointing), Err(TokenError::Invalid));
    // The public key as the secret of an HMAC.
    let claims = pointing.split('.').nth(1).unwrap();
    let header = Header { kid: Some(ours.kid.clone()), typ: Some("at+jwt".into()), ..Header::new(Algorithm::HS256) };
    let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let swapped = encode(&header, &claims, &EncodingKey::from_secret(&ours.public)).unwrap();
    assert_eq!(judged(&ours, &swapped), Err(TokenError::Invalid));
}

/// SECURITY 18: the lifetime is looked at when a token is read, too.
#[test]
fn an_access_token_lives_fifteen_minutes_at_the_most() {
    let dir = tempfile::tempdir().unwrap();
    let key = key(&dir, "a");
    let lives = |seconds: i64| {
        made(&key, |_, claims| claims["exp"] = json!(claims["iat"].as_i64().unwrap_or_default() + seconds))
    };
    assert_eq!(judged(&key, &lives(15 * 60)), Ok(()));
    assert_eq!(judged(&key, &lives(15 * 60 + 1)), Err(TokenError::Invalid));
    assert_eq!(judged(&key, &lives(24 * 3_600)), Err(TokenError::Invalid));
}
