//! Asking the issuer: only at its own origins, to the letter, without following redirects, and not for long.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Url, redirect::Policy};
use serde::de::DeserializeOwned;

use super::SsoError;

/// How long the issuer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 256 << 10;

/// An HTTP client that goes where it is sent and nowhere else.
pub fn client() -> Result<Client, reqwest::Error> {
    Client::builder().redirect(Policy::none()).timeout(PATIENCE).connect_timeout(PATIENCE).no_proxy().build()
}

/// Whether a URL is on one of these origins: scheme, host and port, not a prefix of the text.
pub fn is_on(url: &Url, origins: &[Url]) -> bool {
    super::settings::is_safe(url) && origins.iter().any(|origin| origin.origin() == url.origin())
}

/// Reads one JSON answer; `what` is for the log.
pub async fn json<T: DeserializeOwned>(request: RequestBuilder, what: &str) -> Result<T, SsoError> {
    let cannot = |why: String| SsoError::Unavailable(format!("{what}: {why}"));
    let mut response = request.send().await.map_err(|e| cannot(e.without_url().to_string()))?;
    if !response.status().is_success() {
        return Err(cannot(format!("status {}", response.status().as_u16())));
    }
    let mut body = vec![];
    while let Some(piece) = response.chunk().await.map_err(|e| cannot(e.without_url().to_string()))? {
        if body.len() + piece.len() > LARGEST {
            return Err(cannot("the answer is too large".into()));
        }
        body.extend_from_slice(&piece);
    }
    serde_json::from_slice(&body).map_err(|_| cannot("the answer is of another shape".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hole "SSRF by prefix match" (HAPI CVE-2026-34359): origins are compared, not texts.
    #[test]
    fn an_origin_is_the_same_or_it_is_another() {
        let issuer = [Url::parse("https://login.example.org/realm").unwrap()];
        let on = |url: &str| is_on(&Url::parse(url).unwrap(), &issuer);
        assert!(on("https://login.example.org/keys") && on("https://login.example.org:443/other/keys"));
        for foreign in [
            "https://login.example.org.evil.example/keys",
            "https://login.example.org@evil.example/keys",
            "https://user@login.example.org/keys",
            "https://login.example.org:8443/keys",
            "http://login.example.org/keys",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
        ] {
            assert!(!on(foreign), "{foreign}");
        }
    }
}
