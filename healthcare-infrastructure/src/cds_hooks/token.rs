//! The token of a client (CDS Hooks 2.0, "Trusting CDS Clients"): whose word it is, for which service, and that it is used once.

use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, dangerous, decode,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;

/// How far clocks may be apart, in seconds.
const LEEWAY: i64 = 30;
/// How long a token may be good for, in seconds.
const LONGEST: i64 = 300;
/// The least bits of an RSA key (RFC 7518, 3.3).
const RSA_BITS: usize = 2_048;

/// Why a token does not let its bearer in; for our log, the client is told no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token of a client was refused: {0}")]
pub struct Refused(pub &'static str);

/// What a client says of its token.
#[derive(Debug, Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    /// Its name, which it has once.
    pub jti: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// A token that was looked at, and not yet believed.
pub struct Claimed {
    /// Who it says it is from.
    pub issuer: String,
    /// By which of that one's keys it says it is signed.
    pub kid: String,
    /// Where it says that key is published.
    pub jku: Option<String>,
    header: Header,
}

/// Looks at a token: which algorithm it names, and whose it says it is. Nothing of it is believed yet; what brings a key of
/// its own, or an algorithm that is not on the list, is refused before any key is looked for.
///
/// # Errors
/// When it is no token that a client may send.
pub fn look(token: &str) -> Result<Claimed, Refused> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refused("it is no signed token"))?;
    if !matches!(header.alg, Algorithm::ES384 | Algorithm::RS384) {
        return Err(Refused("its algorithm is neither ES384 nor RS384"));
    }
    if header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some() || header.crit.is_some() {
        return Err(Refused("it brings a key of its own"));
    }
    if header.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case("jwt")) {
        return Err(Refused("it is of another type"));
    }
    let kid = header.kid.clone().filter(|kid| (1..=255).contains(&kid.len())).ok_or(Refused("it names no key"))?;
    #[derive(Deserialize)]
    struct Whose {
        iss: String,
    }
    let claims = dangerous::insecure_decode::<Whose>(token).map_err(|_| Refused("it names no issuer"))?.claims;
    Ok(Claimed { issuer: claims.iss, kid, jku: header.jku.clone(), header })
}

/// Believes a token by a key of its client's: for one of these addresses, now, and not for long.
///
/// # Errors
/// When something of it is not right.
pub fn believe(
    token: &str,
    claimed: &Claimed,
    key: &Jwk,
    addresses: &[String],
    now: DateTime<Utc>,
) -> Result<(Claims, DateTime<Utc>), Refused> {
    let algorithm = claimed.header.alg;
    if !fits(key, algorithm) {
        return Err(Refused("its key is of another kind than its algorithm"));
    }
    let decoding = DecodingKey::from_jwk(key).map_err(|_| Refused("its key cannot be used"))?;
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[&claimed.issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    // Times are held against the injected clock below, and the audience to the letter.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let claims: Claims =
        decode(token, &decoding, &validation).map_err(|_| Refused("its signature or its claims are not right"))?.claims;
    if claims.iss != claimed.issuer {
        return Err(Refused("it is another's"));
    }
    let is_here = |aud: &String| addresses.contains(aud);
    let for_us = match &claims.aud {
        Audience::One(one) => is_here(one),
        Audience::Many(all) => all.iter().any(is_here),
    };
    if !for_us {
        return Err(Refused("it is for another address"));
    }
    let moment = now.timestamp();
    if claims.exp.saturating_add(LEEWAY) <= moment {
        return Err(Refused("its time is over"));
    }
    if claims.iat > moment.saturating_add(LEEWAY) {
        return Err(Refused("its time has not come"));
    }
    let lasts = claims.exp.saturating_sub(claims.iat);
    if !(1..=LONGEST).contains(&lasts) {
        return Err(Refused("it is good for longer than five minutes"));
    }
    if claims.jti.is_empty() || claims.jti.len() > 255 {
        return Err(Refused("it has no name of its own"));
    }
    let end = DateTime::from_timestamp(claims.exp.saturating_add(LEEWAY), 0).ok_or(Refused("its time is none"))?;
    Ok((claims, end))
}

/// Whether a key is of the kind that an algorithm takes, and says of itself nothing else.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let said = match key.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::ES384) => algorithm == Algorithm::ES384,
        Some(KeyAlgorithm::RS384) => algorithm == Algorithm::RS384,
        Some(_) => false,
    };
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    said && signs
        && match &key.algorithm {
            AlgorithmParameters::EllipticCurve(of) => algorithm == Algorithm::ES384 && of.curve == EllipticCurve::P384,
            // A character of base64 is six bits.
            AlgorithmParameters::RSA(of) => algorithm == Algorithm::RS384 && of.n.len() * 6 >= RSA_BITS,
            _ => false,
        }
}
