//! What the issuer says about itself, kept for an hour, and its keys, read anew when one is not known.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use reqwest::{Client, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{OidcSettings, OidcSettingsError, SsoError, fetch, settings::checked};

/// How long what the issuer said is believed.
const KEPT: Duration = Duration::from_secs(3_600);
/// How soon the keys are asked for again: who sends made-up key ids must not make us ask each time.
const KEYS_AGAIN: Duration = Duration::from_secs(10);
/// How long it is remembered that the issuer did not answer: who asks meanwhile is told so at once, instead of standing in a
/// queue of requests that each wait for it.
const FAILED: Duration = Duration::from_secs(1);

/// What was read of the issuer, and when; and when it last could not be read.
struct Kept<T> {
    read: Option<(Instant, Arc<T>)>,
    failed_at: Option<Instant>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { read: None, failed_at: None }
    }
}

impl<T> Kept<T> {
    /// Reads it anew, unless that failed a moment ago.
    async fn renew(&mut self, reading: impl Future<Output = Result<T, SsoError>>) -> Result<Arc<T>, SsoError> {
        if self.failed_at.is_some_and(|at| at.elapsed() < FAILED) {
            return Err(SsoError::Unavailable("it did not answer a moment ago".into()));
        }
        let read = reading.await;
        self.failed_at = read.is_err().then(Instant::now);
        let read = Arc::new(read?);
        self.read = Some((Instant::now(), read.clone()));
        Ok(read)
    }
}

/// What an issuer says about itself (OpenID Connect Discovery 1.0).
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub end_session_endpoint: Option<String>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// What the token endpoint answers.
#[derive(Deserialize)]
pub struct Exchanged {
    pub id_token: String,
}

/// The issuer.
pub struct Provider {
    settings: Arc<OidcSettings>,
    origins: Vec<Url>,
    http: Client,
    metadata: Mutex<Kept<Metadata>>,
    keys: Mutex<Kept<JwkSet>>,
}

impl Provider {
    pub fn new(settings: Arc<OidcSettings>) -> Result<Self, OidcSettingsError> {
        let mut origins = vec![checked(&settings.issuer, "HEALTHCARE_OIDC_ISSUER")?];
        for origin in &settings.origins {
            let url =
                checked(origin, "HEALTHCARE_OIDC_ORIGINS").map_err(|_| OidcSettingsError::Origin(origin.clone()))?;
            origins.push(url);
        }
        Ok(Self { settings, origins, http: fetch::client()?, metadata: Mutex::default(), keys: Mutex::default() })
    }

    /// A URL that the issuer named, on an origin that the settings name.
    pub fn trusted(&self, url: &str) -> Result<Url, SsoError> {
        let url = Url::parse(url).ok().filter(|url| fetch::is_on(url, &self.origins));
        url.ok_or_else(|| SsoError::Unavailable("an endpoint is on an origin that is not configured".into()))
    }

    /// What the issuer says about itself.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, SsoError> {
        let mut kept = self.metadata.lock().await;
        match &kept.read {
            Some((at, metadata)) if at.elapsed() < KEPT => Ok(metadata.clone()),
            _ => kept.renew(self.read_metadata()).await,
        }
    }

    async fn read_metadata(&self) -> Result<Metadata, SsoError> {
        let place = format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let metadata: Metadata = fetch::json(self.http.get(self.trusted(&place)?), "discovery").await?;
        if metadata.issuer != self.settings.issuer {
            return Err(SsoError::Unavailable("it calls itself by another name than the settings do".into()));
        }
        for endpoint in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            self.trusted(endpoint)?;
        }
        Ok(metadata)
    }

    /// The key of this id, asked for anew when it is not known; the only key when none is named.
    ///
    /// # Errors
    /// [`SsoError::Refused`] when the issuer has no such key, [`SsoError::Unavailable`] when it does not say, or is not asked
    /// because it was a moment ago: it may have made the key since.
    pub async fn key(&self, kid: Option<&str>) -> Result<Jwk, SsoError> {
        let metadata = self.metadata().await?;
        let mut kept = self.keys.lock().await;
        if let Some((at, keys)) = &kept.read {
            let found = choose(keys, kid);
            if let Some(key) = found.filter(|_| at.elapsed() < KEPT) {
                return Ok(key);
            }
            if at.elapsed() < KEYS_AGAIN {
                return Err(SsoError::Unavailable("its keys were read a moment ago, and this is none of them".into()));
            }
        }
        let place = self.trusted(&metadata.jwks_uri)?;
        let keys = kept.renew(fetch::json::<JwkSet>(self.http.get(place), "keys")).await?;
        choose(&keys, kid).ok_or(SsoError::Refused("its key is not known"))
    }

    /// Exchanges a code.
    pub async fn exchange(&self, code: &str, verifier: &str, redirect_uri: &str) -> Result<Exchanged, SsoError> {
        let metadata = self.metadata().await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let request = self
            .http
            .post(self.trusted(&metadata.token_endpoint)?)
            .basic_auth(encoded(&self.settings.client_id), Some(encoded(self.settings.client_secret.expose_secret())))
            .form(&form);
        match fetch::json(request, "token endpoint").await {
            Err(SsoError::Unavailable(why)) if why.contains("status 4") => {
                tracing::warn!(why, "the issuer of single sign-on refused a code");
                Err(SsoError::Refused("the issuer refused the code"))
            }
            other => other,
        }
    }
}

/// As RFC 6749, 2.3.1 wants names and secrets in HTTP Basic.
fn encoded(text: &str) -> String {
    let mut url = Url::parse("x:/").unwrap_or_else(|_| unreachable!("a fixed URL"));
    url.query_pairs_mut().append_key_only(text);
    url.query().unwrap_or_default().to_owned()
}

fn choose(keys: &JwkSet, kid: Option<&str>) -> Option<Jwk> {
    match (kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid).cloned(),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A key that the issuer has made since its keys were read is not refused for good: it was not asked.
    #[tokio::test]
    async fn a_key_of_just_now_is_to_be_asked_for_again() {
        let nowhere = "http://127.0.0.1:1";
        let settings = OidcSettings::new(nowhere, "hc", "secret".to_owned().into(), nowhere).unwrap();
        let provider = Provider::new(Arc::new(settings)).unwrap();
        let metadata = json!({ "issuer": nowhere, "authorization_endpoint": nowhere, "token_endpoint": nowhere,
            "jwks_uri": nowhere });
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "known", "alg": "EdDSA",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let metadata = Arc::new(serde_json::from_value(metadata).unwrap());
        let keys = Arc::new(serde_json::from_value(json!({ "keys": [key] })).unwrap());
        provider.metadata.lock().await.read = Some((Instant::now(), metadata));
        provider.keys.lock().await.read = Some((Instant::now(), keys));
        assert!(provider.key(Some("known")).await.is_ok());
        let made_since = provider.key(Some("made since")).await;
        assert!(
            matches!(&made_since, Err(SsoError::Unavailable(why)) if why.contains("a moment ago")),
            "{made_since:?}"
        );
    }
}
