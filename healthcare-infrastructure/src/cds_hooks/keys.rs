//! The keys of clients: registered here, or published by the client at the address that is registered, and kept for a while.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use healthcare_domain::{cds_client::Registration, id::CdsClientId};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use moka::sync::Cache;
use reqwest::Url;
use tokio::sync::Mutex;

use super::{http::Http, token::Refused};

/// How long published keys are believed.
const KEPT: Duration = Duration::from_secs(3_600);
/// How soon they are asked for again: who makes up key ids must not make us ask each time.
const AGAIN: Duration = Duration::from_secs(60);
/// The largest set of keys, in bytes.
const LARGEST: usize = 64 << 10;
/// How many clients' keys are kept.
const CLIENTS: u64 = 1_000;

/// The keys of clients that publish them.
#[derive(Clone)]
pub struct Keys {
    http: Http,
    kept: Cache<CdsClientId, Arc<Mutex<Option<Kept>>>>,
}

struct Kept {
    url: String,
    at: Instant,
    keys: JwkSet,
}

impl Keys {
    /// Keys that are asked for when they are needed.
    pub fn new(http: Http) -> Self {
        Self { http, kept: Cache::new(CLIENTS) }
    }

    /// The key of a client by its id.
    ///
    /// # Errors
    /// When there is none, or the client's address does not answer.
    pub async fn key(&self, id: CdsClientId, of: &Registration, kid: &str) -> Result<Jwk, Refused> {
        let unknown = Refused("its key is not known");
        if let Some(inline) = &of.jwks {
            let keys: JwkSet =
                serde_json::from_value(inline.clone()).map_err(|_| Refused("its keys cannot be read"))?;
            return keys.find(kid).cloned().ok_or(unknown);
        }
        let url = of.jwks_url.as_ref().ok_or(unknown)?;
        let place = self.kept.get_with(id, Arc::default);
        let mut kept = place.lock().await;
        if let Some(known) = kept.as_ref().filter(|known| known.url == *url) {
            let age = known.at.elapsed();
            if let Some(key) = known.keys.find(kid).filter(|_| age < KEPT) {
                return Ok(key.clone());
            }
            if age < AGAIN {
                return Err(unknown);
            }
        }
        // An address that an administrator registered may be one of the house.
        let place = Url::parse(url).map_err(|_| Refused("its keys have no address"))?;
        let answer = self.http.read(place, true, "application/json", None, LARGEST).await;
        let read = answer
            .map_err(|error| error.0)
            .and_then(|body| serde_json::from_slice::<JwkSet>(&body).map_err(|_| "the keys cannot be read".to_owned()));
        let keys = read.unwrap_or_else(|why| {
            tracing::warn!(cds_client.id = %id, why, "the keys of a client of CDS Hooks cannot be had");
            // Those that are known go on; it is not asked again at each request.
            let known = kept.take().filter(|known| known.url == *url);
            known.map_or(JwkSet { keys: vec![] }, |known| known.keys)
        });
        let found = keys.find(kid).cloned();
        *kept = Some(Kept { url: url.clone(), at: Instant::now(), keys });
        found.ok_or(unknown)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const URL: &str = "http://127.0.0.1:9/jwks.json";

    fn registered(url: &str) -> Registration {
        let text = json!({ "name": "EHR", "issuer": "https://ehr.example.org", "jwks_url": url });
        serde_json::from_value(text).expect("a registration")
    }

    /// Keys of a client that were read so long ago.
    fn known(ago: Duration) -> (Keys, CdsClientId) {
        let (keys, id) = (Keys::new(Http::new().expect("a client")), CdsClientId(Uuid::from_u128(1)));
        let one = json!({ "keys": [{ "kty": "EC", "crv": "P-384", "kid": "one", "x": "AA", "y": "AA" }] });
        let read = serde_json::from_value(one).expect("keys");
        let at = Instant::now().checked_sub(ago).expect("the machine runs longer than that");
        keys.kept.insert(id, Arc::new(Mutex::new(Some(Kept { url: URL.into(), at, keys: read }))));
        (keys, id)
    }

    /// Nobody answers at the address (port 9 of this machine is shut): what is known goes on, for a client is not to be
    /// shut out because its address is away for a moment, or because somebody makes up the id of a key.
    #[tokio::test]
    async fn what_is_known_goes_on_when_the_address_does_not_answer() {
        let (keys, id) = known(AGAIN + Duration::from_secs(1));
        assert!(keys.key(id, &registered(URL), "made-up").await.is_err());
        assert!(keys.key(id, &registered(URL), "one").await.is_ok(), "a failed look forgets nothing");
    }

    /// Keys of another address are not the client's any more.
    #[tokio::test]
    async fn what_is_known_of_another_address_does_not_go_on() {
        let (keys, id) = known(AGAIN + Duration::from_secs(1));
        let moved = registered("http://127.0.0.1:9/other.json");
        assert!(keys.key(id, &moved, "one").await.is_err());
        assert!(keys.key(id, &moved, "one").await.is_err());
    }
}
