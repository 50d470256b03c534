//! The ID token: whose word it is, for whom, about whom.

use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::SsoError;

/// How far clocks may be apart, in seconds.
pub const LEEWAY: i64 = 60;

/// What is to be true of a token.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: DateTime<Utc>,
}

/// What an issuer says of a person.
#[derive(Debug, Deserialize)]
pub struct Claims {
    pub sub: String,
    exp: i64,
    pub iat: i64,
    nonce: Option<String>,
    azp: Option<String>,
    aud: Audience,
    /// The session at the issuer, where it tells of logouts by session.
    pub sid: Option<String>,
    pub auth_time: Option<i64>,
    pub acr: Option<String>,
    #[serde(default)]
    pub amr: Vec<String>,
    /// Whatever else: names, groups.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    Many(Vec<String>),
    One(serde::de::IgnoredAny),
}

/// Which key a token says it is signed with. An algorithm that is not on the list, and a header that brings or names
/// its own key, is refused before any key is looked for.
pub fn header(token: &str) -> Result<Header, SsoError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| SsoError::Refused("it is no signed token"))?;
    let listed = matches!(header.alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA);
    if !listed {
        return Err(SsoError::Refused("its algorithm is not accepted"));
    }
    if header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.crit.is_some() {
        return Err(SsoError::Refused("it brings a key of its own"));
    }
    Ok(header)
}

/// Checks a token by a key of the issuer's.
pub fn verify(token: &str, header: &Header, key: &Jwk, expected: &Expected<'_>) -> Result<Claims, SsoError> {
    let between = (expected.issuer, expected.client_id);
    let claims: Claims = signed(token, header, key, between, &["exp", "iss", "aud", "sub"])?;
    let now = expected.now.timestamp();
    if claims.exp + LEEWAY <= now || claims.iat > now + LEEWAY {
        return Err(SsoError::Refused("its time is over or has not come"));
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(SsoError::Refused("it answers another sign-in"));
    }
    let several = matches!(&claims.aud, Audience::Many(all) if all.len() > 1);
    let party = claims.azp.as_deref();
    if party.is_some_and(|azp| azp != expected.client_id) || (several && party.is_none()) {
        return Err(SsoError::Refused("it was issued to another party"));
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err(SsoError::Refused("its subject is none"));
    }
    Ok(claims)
}

/// What a token says that a key of the issuer's signed for us. Times are left to the caller, who has the injected clock.
pub fn signed<T: DeserializeOwned>(
    token: &str,
    header: &Header,
    key: &Jwk,
    (issuer, client_id): (&str, &str),
    required: &[&str],
) -> Result<T, SsoError> {
    if !fits(key, header.alg) {
        return Err(SsoError::Refused("its key is of another kind than its algorithm"));
    }
    let decoding = DecodingKey::from_jwk(key).map_err(|_| SsoError::Refused("its key cannot be used"))?;
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[client_id]);
    validation.set_required_spec_claims(required);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let token = decode::<T>(token, &decoding, &validation);
    Ok(token.map_err(|_| SsoError::Refused("its signature, issuer or audience is not right"))?.claims)
}

/// Whether a key is of the kind that an algorithm takes, and says of itself no other one.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let said = match key.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
        Some(KeyAlgorithm::ES256) => algorithm == Algorithm::ES256,
        Some(KeyAlgorithm::EdDSA) => algorithm == Algorithm::EdDSA,
        Some(_) => false,
    };
    said && match &key.algorithm {
        AlgorithmParameters::RSA(_) => algorithm == Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(of) => algorithm == Algorithm::ES256 && of.curve == EllipticCurve::P256,
        AlgorithmParameters::OctetKeyPair(of) => algorithm == Algorithm::EdDSA && of.curve == EllipticCurve::Ed25519,
        _ => false,
    }
}

#[cfg(test)]
#[path = "id_token_test.rs"]
pub mod tests;
