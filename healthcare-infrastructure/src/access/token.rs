//! Access tokens: EdDSA, fifteen minutes, one algorithm and no other.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use healthcare_application::{Actor, Permission, Role, access::Strength};
use healthcare_domain::id::{AccountId, DeviceId, PatientId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const ISSUER: &str = "healthcare";
const AUDIENCE: &str = "healthcare-api";
/// How long an access token lives.
pub const ACCESS_MINUTES: i64 = 15;

/// The key tokens are signed with.
pub struct TokenKey {
    kid: String,
    public: [u8; 32],
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The file cannot be read or made.
    #[error("the token key file cannot be read or made")]
    File(#[from] io::Error),
    /// Others can read the file.
    #[error("the token key file can be read by others; set its mode to 0600")]
    Exposed,
    /// It holds no key.
    #[error("the token key file does not hold an Ed25519 key in PKCS#8 PEM")]
    Malformed,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not a token of ours.
    #[error("the access token is not valid")]
    Invalid,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
    /// Its session has ended, or its account is not what it was.
    #[error("the access token was revoked")]
    Revoked,
    /// Whether it still stands cannot be found out.
    #[error("whether the access token still stands cannot be found out")]
    Unknown,
}

/// Claims, all required. A token of another use has another `typ` and is refused.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    role: Role,
    /// The session: what came of one sign-in. What has none names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    /// What a program showed for it, which ends it.
    #[serde(default, rename = "cred", skip_serializing_if = "Option::is_none")]
    credential: Option<Uuid>,
    /// How it is known who it is (RFC 8176).
    amr: Vec<Method>,
    /// When the last of these was shown.
    auth_time: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patient: Option<PatientId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<DeviceId>,
    /// What a program may (RFC 9068), separated by blanks. A person's token names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// One way to show who one is (RFC 8176).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    /// A password or another shared secret.
    Pwd,
    /// A one-time code.
    Otp,
    /// More than one factor.
    Mfa,
}

impl Claims {
    /// What a program may.
    fn scopes(&self) -> Result<Option<BTreeSet<Permission>>, TokenError> {
        let named = |scope: &String| scope.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>();
        self.scope.as_ref().map(named).transpose().map_err(|_| TokenError::Invalid)
    }

    /// How surely it is known who it is.
    fn strength(&self) -> Result<Strength, TokenError> {
        if !self.amr.contains(&Method::Mfa) {
            return Ok(Strength::Password);
        }
        let at = DateTime::from_timestamp(self.auth_time, 0).ok_or(TokenError::Invalid)?;
        Ok(Strength::SecondFactor { at })
    }
}

/// A token that was verified.
pub(super) struct Verified {
    pub(super) actor: Actor,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

impl TokenKey {
    /// Reads the key from `path`, or makes one there (mode 0600) if the file does not exist.
    ///
    /// # Errors
    /// When the file cannot be read or made, is open to others, or holds no key.
    pub fn load_or_create(path: &Path) -> Result<Self, SigningKeyError> {
        match Self::load(path) {
            Err(SigningKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => {
                let mut seed = [0; 32];
                rand::rng().fill_bytes(&mut seed);
                let key = SigningKey::from_bytes(&seed);
                let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| SigningKeyError::Malformed)?;
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                file.write_all(pem.as_bytes())?;
                file.sync_all()?;
                Self::of(&key)
            }
            loaded => loaded,
        }
    }

    /// Reads the key from `path`.
    ///
    /// # Errors
    /// When the file is not there, cannot be read, is open to others, or holds no key.
    pub fn load(path: &Path) -> Result<Self, SigningKeyError> {
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(SigningKeyError::Exposed);
        }
        let key = SigningKey::from_pkcs8_pem(&fs::read_to_string(path)?).map_err(|_| SigningKeyError::Malformed)?;
        Self::of(&key)
    }

    /// The name it goes by in tokens.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    fn of(key: &SigningKey) -> Result<Self, SigningKeyError> {
        let der = key.to_pkcs8_der().map_err(|_| SigningKeyError::Malformed)?;
        let public = key.verifying_key().to_bytes();
        Ok(Self {
            kid: hex::encode(&Sha256::digest(public)[..8]),
            public,
            encoding: EncodingKey::from_ed_der(der.as_bytes()),
            decoding: DecodingKey::from_ed_der(&public),
        })
    }

    /// Signs a token for an actor: until then, or for as long as a token lives.
    pub(super) fn sign(
        &self,
        actor: &Actor,
        id: Uuid,
        now: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let header =
            Header { kid: Some(self.kid.clone()), typ: Some("at+jwt".into()), ..Header::new(Algorithm::EdDSA) };
        let (amr, shown) = match actor.strength {
            Strength::Password => (vec![Method::Pwd], now),
            Strength::SecondFactor { at } => (vec![Method::Pwd, Method::Otp, Method::Mfa], at),
        };
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: actor.account.0,
            jti: id,
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at(now, until).timestamp(),
            role: actor.role,
            sid: actor.session,
            credential: actor.credential,
            amr,
            auth_time: shown.timestamp(),
            patient: actor.patient,
            device: actor.device,
            scope: actor
                .scopes
                .as_ref()
                .map(|scopes| scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")),
        };
        encode(&header, &claims, &self.encoding)
    }

    /// Checks a token at `now`.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Verified, TokenError> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are checked below, against the injected clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let token = decode::<Claims>(token, &self.decoding, &validation).map_err(|_| TokenError::Invalid)?;
        if token.header.typ.as_deref() != Some("at+jwt") || token.header.kid.as_deref() != Some(&self.kid) {
            return Err(TokenError::Invalid);
        }
        let claims = token.claims;
        let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(TokenError::Invalid)?;
        let issued_at = DateTime::from_timestamp(claims.iat, 0).ok_or(TokenError::Invalid)?;
        // However it was signed: nothing of ours lives longer.
        if expires_at - issued_at > Duration::minutes(ACCESS_MINUTES) {
            return Err(TokenError::Invalid);
        }
        if claims.nbf > now.timestamp() + 5 {
            return Err(TokenError::Invalid);
        }
        if expires_at <= now {
            return Err(TokenError::Expired);
        }
        let strength = claims.strength()?;
        let scopes = claims.scopes()?;
        let Claims { sub, role, patient, device, sid, credential, .. } = claims;
        let known = Actor::of(AccountId(sub), role);
        let actor = Actor { patient, device, session: sid, credential, strength, scopes, ..known };
        Ok(Verified { actor, issued_at, expires_at })
    }

    /// The public half (RFC 8037).
    pub(super) fn jwk(&self) -> serde_json::Value {
        json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.public),
        })
    }
}

/// When a token that is issued now expires: never after its session.
pub(super) fn expires_at(now: DateTime<Utc>, session_ends: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let lives = now + Duration::minutes(ACCESS_MINUTES);
    session_ends.map_or(lives, |ends| ends.min(lives))
}

/// The key a token says it was signed with; nothing of it is verified yet.
pub(super) fn kid_of(token: &str) -> Result<String, TokenError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
    header.kid.ok_or(TokenError::Invalid)
}

/// What stands for a token where the token itself must not be kept.
pub(super) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A secret of 256 bits to give away once, and what is kept of it.
pub(super) fn secret() -> (String, Vec<u8>) {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let text = URL_SAFE_NO_PAD.encode(bytes);
    let kept = digest(&text).to_vec();
    (text, kept)
}

#[cfg(test)]
#[path = "token_test.rs"]
mod tests;
